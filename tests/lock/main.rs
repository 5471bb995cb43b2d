//! The lock: what a landscape refers to, what is known of it, and what holds it to that.

mod inventory;

//! Gardener's own components: what they are configured with, they know.

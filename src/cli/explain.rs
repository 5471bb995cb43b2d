//! `landscape explain`: the page of a finding.

use super::Exit;
use super::console::Console;
use crate::page;

#[derive(clap::Args)]
pub(super) struct Explain {
    /// A code like L104, or a slug like duplicate-key; all of them when left out
    #[arg(value_name = "CODE|SLUG")]
    finding: Option<String>,
}

impl Explain {
    pub(super) fn run(self, console: &Console) -> Exit {
        let Some(finding) = self.finding else {
            let list: Vec<String> =
                page::all().iter().map(|page| format!("{} {}", page.code, page.slug)).collect();
            Console::answer(&format!("{}\n", list.join("\n")));
            return Exit::Ok;
        };
        match page::page(&finding) {
            Some(text) => {
                Console::answer(&page::render(text, console.style().color));
                Exit::Ok
            }
            None => {
                let near = page::nearest(&finding)
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                Console::complain(&format!("there is no finding `{finding}`{near}"));
                Exit::Usage
            }
        }
    }
}

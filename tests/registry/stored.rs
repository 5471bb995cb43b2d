//! Credentials that others have stored, read by the program itself: files, helpers, and what a helper may not say.
#![expect(
    clippy::disallowed_methods,
    reason = "the program runs in a directory of its own, with an environment of its own"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::server::{Server, Turn, answer};

const BINARY: &str = env!("CARGO_BIN_EXE_landscape");

/// A home directory that is removed when it goes out of scope.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("landscape-home-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a writable temporary directory");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("below the home")).expect("writable");
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our own file");
    }

    /// Asks a registry for what is not there, which takes credentials.
    fn verify(&self, server: &Server) -> Output {
        let search = format!("{}:{}", self.0.display(), std::env::var("PATH").unwrap_or_default());
        Command::new(BINARY)
            .args(["verify", &format!("oci://{}/none:v1", server.host()), "--attempts", "1"])
            .env_clear()
            .env("HOME", &self.0)
            .env("PATH", search)
            .output()
            .expect("the program starts")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A directory that stays behind harms no result.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A registry that lets `me` in, whose password is `hush`.
fn guarded() -> Server {
    let server = Server::start(true);
    server.direct(|request| {
        if request.header("authorization") == Some(&format!("Basic {}", STANDARD.encode("me:hush"))) {
            return Turn::Serve;
        }
        Turn::Answer(answer(request, 401, &[("www-authenticate", "Basic realm=\"x\"".to_owned())], b""))
    });
    server
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn files_and_helpers_are_read_as_docker_reads_them() {
    let server = guarded();
    let host = server.host();
    let auth = STANDARD.encode("me:hush");
    let files: [(&str, String); 4] = [
        (".docker/config.json", format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{auth}\"}}}}}}")),
        (".docker/config.json", format!("{{\"auths\": {{\"http://{host}\": {{\"auth\": \"{auth}\"}}}}}}")),
        (".docker/config.json", format!("{{\"credHelpers\": {{\"{host}\": \"test\"}}}}")),
        (".docker/config.json", "{\"credsStore\": \"test\"}".to_owned()),
    ];
    for (index, (name, text)) in files.iter().enumerate() {
        let home = Home::new(&format!("reads-{index}"));
        home.write(name, text);
        home.write(
            "docker-credential-test",
            &format!("#!/bin/sh\nread host\n[ \"$host\" = {host} ] && echo '{{\"Username\":\"me\",\"Secret\":\"hush\"}}'\n"),
        );
        let output = home.verify(&server);
        assert!(told(&output).contains("L840"), "welcome, and nothing there: {text}\n{}", told(&output));
    }
}

#[test]
fn what_fails_is_told_without_what_is_secret() {
    let server = guarded();
    for (name, helper, code) in [
        ("fails", "#!/bin/sh\nread host\necho hush\necho the keychain is locked >&2\nexit 1\n", "L838"),
        ("babbles", "#!/bin/sh\nread host\necho hush\n", "L838"),
        (
            "knows-nothing",
            "#!/bin/sh\nread host\necho credentials not found in native keychain\nexit 1\n",
            "L831",
        ),
        ("has-nothing", "#!/bin/sh\nread host\necho '{\"Username\":\"\",\"Secret\":\"\"}'\n", "L831"),
        ("is-wrong", "#!/bin/sh\nread host\necho '{\"Username\":\"me\",\"Secret\":\"hushhush\"}'\n", "L831"),
    ] {
        let home = Home::new(name);
        home.write(".docker/config.json", "{\"credsStore\": \"test\"}");
        home.write("docker-credential-test", helper);
        let output = home.verify(&server);
        let told = told(&output);
        assert!(told.contains(code), "{name}: {told}");
        assert!(!told.contains("hush"), "{name}: {told}");
        assert_eq!(output.status.code(), Some(3), "{name}");
    }
}

#[test]
fn a_broken_file_is_told_and_no_file_is_no_fault() {
    let server = guarded();
    let home = Home::new("broken");
    assert!(told(&home.verify(&server)).contains("L831"));
    home.write(".docker/config.json", "{\n  \"auths\": {},\n}");
    let broken = told(&home.verify(&server));
    for part in ["L838", ".docker/config.json", "no valid JSON", "line 3"] {
        assert!(broken.contains(part), "{part}: {broken}");
    }
    assert!(!broken.contains("log in again"), "{broken}");
}

#[test]
fn a_directory_in_the_place_of_a_file_is_told() {
    let server = guarded();
    let home = Home::new("directory");
    home.write(".docker/config.json/inside", "");
    let told = told(&home.verify(&server));
    assert!(told.contains("L838") && told.contains("a directory stands in the place"), "{told}");
}

#[test]
fn a_helper_that_is_not_there_is_named() {
    let server = guarded();
    let home = Home::new("nosuch");
    let host = server.host();
    for text in [
        format!("{{\"credHelpers\": {{\"{host}\": \"nosuch\"}}, \"credsStore\": \"other\"}}"),
        "{\"credsStore\": \"nosuch\"}".to_owned(),
    ] {
        home.write(".docker/config.json", &text);
        let told = told(&home.verify(&server));
        assert!(told.contains("L838") && told.contains("`docker-credential-nosuch`"), "{text}: {told}");
    }
}

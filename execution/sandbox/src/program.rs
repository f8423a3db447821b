//! A program to run, as `execve` takes it.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;

use crate::process::Command;

/// Where a program is looked for when its environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What `execve` takes, made before the fork.
#[derive(Debug)]
pub(crate) struct Program {
    paths: Vec<CString>,
    argv: Vec<CString>,
    env: Vec<CString>,
    cwd: CString,
}

impl Program {
    pub(crate) fn new(command: &Command) -> io::Result<Self> {
        let program = command.argv.first().ok_or(io::ErrorKind::InvalidInput)?;
        let argv = command.argv.iter().map(|argument| c_string(argument.clone()));
        let env = command.env.iter().map(|(name, value)| c_string(format!("{name}={value}")));
        Ok(Self {
            paths: candidates(program, &command.env)?,
            argv: argv.collect::<io::Result<_>>()?,
            env: env.collect::<io::Result<_>>()?,
            cwd: c_string(command.cwd.clone())?,
        })
    }

    pub(crate) fn enter_working_folder(&self) -> io::Result<()> {
        Ok(rustix::process::chdir(self.cwd.as_c_str())?)
    }

    /// Returns only the reason why no candidate could be run.
    pub(crate) fn execute(&self) -> io::Error {
        let (argv, env) = (pointers(&self.argv), pointers(&self.env));
        let mut refusal = io::Error::from_raw_os_error(libc::ENOENT);
        for path in &self.paths {
            // SAFETY: `path` is terminated, and both lists are of terminated strings that outlive the call and end in
            // a null pointer. On success the call does not return.
            unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), env.as_ptr()) };
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::ENOENT) {
                refusal = error;
            }
        }
        refusal
    }
}

fn candidates(program: &str, env: &[(String, String)]) -> io::Result<Vec<CString>> {
    if program.contains('/') {
        return Ok(vec![c_string(program.to_owned())?]);
    }
    let path = env.iter().find(|(name, _)| name == "PATH").map_or(DEFAULT_PATH, |(_, value)| value);
    path.split(':').map(|folder| c_string(format!("{folder}/{program}"))).collect()
}

fn c_string(text: String) -> io::Result<CString> {
    CString::new(text).map_err(|_nul_inside| io::ErrorKind::InvalidInput.into())
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(program: &str, env: &[(&str, &str)]) -> Vec<String> {
        let env: Vec<_> = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        candidates(program, &env).unwrap().into_iter().map(|path| path.into_string().unwrap()).collect()
    }

    #[test]
    fn a_program_with_a_slash_is_taken_as_it_is() {
        assert_eq!(paths("/var/runtime/bootstrap", &[("PATH", "/bin")]), ["/var/runtime/bootstrap"]);
    }

    #[test]
    fn a_bare_name_is_looked_up_on_the_path_of_its_own_environment() {
        assert_eq!(paths("node", &[("PATH", "/a:/b")]), ["/a/node", "/b/node"]);
        assert_eq!(paths("sh", &[]), ["/usr/local/bin/sh", "/usr/bin/sh", "/bin/sh"]);
    }
}

//! The C side: the engine library and the calls into it. The only unsafe code of the project.
//!
//! In: the library's path and a command line. Out: the engine's complaint, if it had one.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::EngineError;

type RunCommandLine = unsafe extern "C" fn(c_int, *const *const c_char) -> *mut c_void;
type ResultError = unsafe extern "C" fn(*mut c_void) -> *const c_char;
type ShutDown = unsafe extern "C" fn() -> c_int;

/// The loaded engine. It is never unloaded: it leaves threads running, and the process ends with it.
pub(crate) struct EngineLibrary {
    run: RunCommandLine,
    error: ResultError,
    shut_down: ShutDown,
}

impl EngineLibrary {
    /// Loads the library and finds the three functions we call.
    pub(crate) fn open(path: &Path) -> Result<Self, EngineError> {
        let not_an_engine = |source| EngineError::NotAnEngine { path: path.to_owned(), source };
        // SAFETY: loading runs the library's initialisers. The operator names the file; the engine's own initialisers
        // only set up its allocator and globals and touch nothing of ours.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(not_an_engine)?;
        // SAFETY: the signatures are those of the library's public header `chdb.h`, and `library` is never dropped
        // (below), so the function pointers stay valid.
        let functions = unsafe {
            library.get::<RunCommandLine>(b"chdb_query_cmdline").and_then(|run| {
                let error = library.get::<ResultError>(b"chdb_result_error")?;
                let shut_down = library.get::<ShutDown>(b"chdb_shutdown")?;
                Ok(Self { run: *run, error: *error, shut_down: *shut_down })
            })
        }
        .map_err(not_an_engine)?;
        std::mem::forget(library);
        Ok(functions)
    }

    /// Runs the engine's command line in this thread and returns when it is done, with its complaint if it had one.
    pub(crate) fn run(&self, arguments: &[CString]) -> Option<String> {
        let mut pointers: Vec<*const c_char> = arguments.iter().map(|argument| argument.as_ptr()).collect();
        let count = c_int::try_from(pointers.len()).ok()?;
        pointers.push(ptr::null());
        // SAFETY: `pointers` holds `count` NUL-terminated strings and a closing null, all alive until the call returns;
        // the engine copies what it keeps.
        let result = unsafe { (self.run)(count, pointers.as_ptr()) };
        if result.is_null() {
            return None;
        }
        // SAFETY: `result` is the engine's own non-null result, not yet destroyed.
        let complaint = unsafe { (self.error)(result) };
        if complaint.is_null() {
            return None;
        }
        // SAFETY: a non-null error is a NUL-terminated string that lives as long as the result, which is never freed.
        Some(unsafe { CStr::from_ptr(complaint) }.to_string_lossy().into_owned())
    }

    /// Lets the engine close what it still has open. Its answer changes nothing: the process ends next.
    pub(crate) fn shut_down(&self) {
        // SAFETY: takes no argument, and is called once, after `run` has returned.
        let _code = unsafe { (self.shut_down)() };
    }
}

/// Makes UTC the engine's time zone. In this mode it takes the zone from the environment, not from its configuration.
pub(crate) fn use_utc() {
    // SAFETY: the process has one thread so far ([`crate::run`] asks for it), so nobody reads the environment meanwhile.
    unsafe { std::env::set_var("TZ", "UTC") }
}

/// Ends the process without running exit handlers: the engine's static objects are in use by threads it left behind.
pub(crate) fn leave(code: c_int) -> ! {
    // SAFETY: `_exit` takes any code and never returns; everything written by then is in the kernel's hands.
    unsafe { nix::libc::_exit(code) }
}

package io.kindred.app.command;

/// Ends the launcher's first run of a command, which only finds what is wrong with the command
/// line.
///
/// The JDK prints a warning at the start of a process that has the incubating vector module. So the
/// launcher runs each command twice: first without the module, up to where the work would begin,
/// and then, if all is well, for real. A wrong flag is thus answered by one line. See
/// `docs/adr/0003-vector-api.md`.
final class Rehearsal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final boolean IS_ON = Boolean.getBoolean("kindred.rehearsal");

  private final Work work;

  /// What the command is about to do.
  enum Work {
    /// It opens a store, and so needs the vector module.
    OPENS_STORE(85),
    /// It talks to a server.
    CALLS_SERVER(86);

    private final int exitStatus;

    Work(int exitStatus) {
      this.exitStatus = exitStatus;
    }
  }

  private Rehearsal(Work work) {
    super(null, null, false, false);
    this.work = work;
  }

  /// Called when a command line was found good, before anything is done; does nothing in a real
  /// run.
  static void endsBefore(Work work) {
    if (IS_ON) {
      throw new Rehearsal(work);
    }
  }

  /// What the launcher learns of the work.
  int exitStatus() {
    return work.exitStatus;
  }
}

package io.kindred.engine;

/// What went wrong, as a stable name and number that clients may rely on. Immutable.
///
/// One place of the server maps the [Kind] to an HTTP and a gRPC status.
public enum ErrorCode {
  INVALID_ARGUMENT(100, Kind.INVALID),
  DIMENSION_MISMATCH(101, Kind.INVALID),
  UNKNOWN_FIELD(102, Kind.INVALID),
  TYPE_MISMATCH(103, Kind.INVALID),
  INVALID_FILTER(104, Kind.INVALID),
  INVALID_VECTOR(105, Kind.INVALID),
  INVALID_KEY(106, Kind.INVALID),
  UNSUPPORTED(107, Kind.INVALID),
  TABLE_NOT_FOUND(200, Kind.NOT_FOUND),
  ROW_NOT_FOUND(201, Kind.NOT_FOUND),
  VERSION_NOT_FOUND(202, Kind.NOT_FOUND),
  BACKUP_NOT_FOUND(203, Kind.NOT_FOUND),
  PIPELINE_NOT_FOUND(204, Kind.NOT_FOUND),
  TASK_NOT_FOUND(210, Kind.NOT_FOUND),
  TABLE_EXISTS(300, Kind.CONFLICT),
  VERSION_CONFLICT(301, Kind.CONFLICT),
  POSITION_NOT_REACHED(302, Kind.CONFLICT),
  BACKUP_CONFLICT(303, Kind.CONFLICT),
  TOO_LARGE(400, Kind.TOO_LARGE),
  OVERLOADED(500, Kind.OVERLOADED),
  NOT_READY(600, Kind.UNAVAILABLE),
  STORAGE_UNAVAILABLE(601, Kind.UNAVAILABLE),
  PAUSED(602, Kind.UNAVAILABLE),
  CORRUPT(700, Kind.INTERNAL),
  INTERNAL(701, Kind.INTERNAL);

  /// Who has to act: the caller (first four), whoever provides capacity (next two), or us.
  public enum Kind {
    INVALID,
    NOT_FOUND,
    CONFLICT,
    TOO_LARGE,
    OVERLOADED,
    UNAVAILABLE,
    INTERNAL
  }

  private final int number;
  private final Kind kind;

  ErrorCode(int number, Kind kind) {
    this.number = number;
    this.kind = kind;
  }

  /// The code of a number.
  ///
  /// @throws IllegalArgumentException where no code has it
  public static ErrorCode ofNumber(int number) {
    for (ErrorCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    throw new IllegalArgumentException("error code: " + number + " (expected: a known one)");
  }

  public int number() {
    return number;
  }

  public Kind kind() {
    return kind;
  }
}

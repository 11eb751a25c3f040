package io.kindred.server.telemetry;

import java.util.Locale;

/// What a caller can ask for, as metrics tell it apart.
public enum Operation {
  CREATE_TABLE,
  LIST_TABLES,
  GET_TABLE,
  DROP_TABLE,
  PUT,
  UPDATE,
  DELETE,
  GET,
  GET_VECTORS,
  SCAN,
  SEARCH,
  RECOMMEND,
  PUSH_EVENTS,
  LIST_PIPELINES,
  GET_PIPELINE,
  CONTROL_PIPELINE,
  VALIDATE_PIPELINE,
  LIST_DEAD_LETTERS,
  SAMPLE,
  SURVEY,
  FOLD,
  CONTROL_TASK,
  CREATE_BACKUP,
  LIST_BACKUPS,
  GET_BACKUP,
  RESTORE_TABLE,
  DELETE_BACKUP;

  /// The name in metrics and statistics: lower case with underscores.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

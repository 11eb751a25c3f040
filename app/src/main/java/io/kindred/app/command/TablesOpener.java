package io.kindred.app.command;

import io.kindred.app.tables.Tables;

/// Opens the tables that flags name.
interface TablesOpener {
  Tables open(TablesOptions options);
}

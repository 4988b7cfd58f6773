#!/bin/sh
# Creates Temporal's two databases, or brings them to this version of its tools. SQL_* say where PostgreSQL is.
# Done already, it changes nothing.
set -eu

set_up() {
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-name "$2"
}

set_up temporal postgresql/v12/temporal
set_up temporal_visibility postgresql/v12/visibility

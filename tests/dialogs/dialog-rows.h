/* SPDX-License-Identifier: MIT */
/* dialog-rows.h: which rows of a machine's table the dialogues of a folder have taken. */
#pragma once
#include "protocol/machine.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const GpoMachine *machine;
  gboolean *taken; /* by row */
} DialogRows;

/* Of the server's machine of a protocol ("imap"); NULL if there is none. The caller frees. */
DialogRows *dialog_rows_new (const char *protocol);
void dialog_rows_free (DialogRows *rows);
/* Marks the rows that were taken in a trace. FALSE and `error` if it cannot be read. */
gboolean dialog_rows_read (DialogRows *rows, const char *trace, GError **error);
/* A row in words, "selected FETCH ok". The caller frees. */
char *dialog_rows_name (const DialogRows *rows, gsize row);
/* Why no dialogue can take the row, or NULL. Static. */
const char *dialog_rows_exempt (const DialogRows *rows, gsize row);

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* notes-file.h: the notes beside a trace file: FILE.notes, a line of JSON each.
 *
 *     {"glasspost-notes":1}
 *     {"n":17,"text":"The envelope begins here"}
 *
 * "n" is the number of the event as the trace has it; an empty text takes back a note of the trace itself.
 * The trace file is not touched. The whole file is written anew and put in place at once; without notes it
 * goes. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads what there is into the tree (guint64 * → char *); what cannot be read is left out. */
void gpo_notes_file_load (const char *trace, GTree *notes);
/* Writes beside the trace, or, if its folder cannot be written, into the user's data folder. */
gboolean gpo_notes_file_save (const char *trace, GTree *notes, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* spill.h: a file without a name for bytes that are too many for memory: letters of a trace.
 *
 * Bytes are written behind one another and forgotten oldest first; what was forgotten takes no room on the
 * disk any more. One thread writes and forgets; any may read what it was told of. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct GpoSpill GpoSpill;

/* The file is made with the first write. The caller frees. */
GpoSpill *gpo_spill_new (void);
void gpo_spill_free (GpoSpill *spill);
/* Writes n bytes; *where gets their place. FALSE, and nothing is kept, if the disk does not take them. */
gboolean gpo_spill_write (GpoSpill *spill, const char *bytes, gsize n, gint64 *where);
/* The place behind all that was written. */
gint64 gpo_spill_end (const GpoSpill *spill);
/* The n bytes at this place, or NULL if they cannot be read. Any thread. The caller unrefs. */
GBytes *gpo_spill_read (GpoSpill *spill, gint64 where, gsize n);
/* Gives up all bytes before `end`. */
void gpo_spill_forget (GpoSpill *spill, gint64 end);

G_END_DECLS

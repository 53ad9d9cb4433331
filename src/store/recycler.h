/* SPDX-License-Identifier: MIT */
/* recycler.h: finished files of a queue, kept to be used again (spool.h says why).
 *
 *     take → (write, rename into the queue) → put → limbo → (directory synced) → free → take …
 *
 * A file that was put waits in limbo until its rename out of the queue is durable: overwritten before,
 * it could come back after a power cut under its old name with another letter's bytes. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GpoRecycler GpoRecycler;

/* Keeps at most `limit` files in folder `free_dir`; makes new ones in `tmp_dir`. What is in free_dir
 * already is free; what a crash left in tmp_dir becomes so. Both folders exist. */
GpoRecycler *gpo_recycler_open (const char *free_dir, const char *tmp_dir, guint limit, GError **error);
void gpo_recycler_free (GpoRecycler *recycler);

/* Opens a free file for writing, or makes a new one in tmp_dir. Returns the descriptor and the file's
 * path (the caller frees); -1 and `error`. The old bytes are still in it: cut it to length. Worker. */
int gpo_recycler_take (GpoRecycler *recycler, char **path, GError **error);
/* Takes the file `path` out of its folder: into free_dir, or removes it when there are enough. FALSE
 * with errno set when it is not there. Worker. */
gboolean gpo_recycler_put (GpoRecycler *recycler, const char *path);
/* All renames so far are durable. Worker. */
void gpo_recycler_settled (GpoRecycler *recycler);
/* Free files, without those in limbo. Any thread. */
guint gpo_recycler_count (GpoRecycler *recycler);

G_END_DECLS

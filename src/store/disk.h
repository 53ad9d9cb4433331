/* SPDX-License-Identifier: MIT */
/* disk.h: the few steps on files that everything in the store shares. They block: workers call them,
 * and the office only while it opens or closes a store. */
#pragma once
#include <gio/gio.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/* Sets `error` from errno: "cannot WHAT PATH: reason". A full disk or quota is always
 * G_IO_ERROR_NO_SPACE. Returns FALSE. */
gboolean gpo_disk_error (GError **error, const char *what, const char *path);

/* Writes all of `parts` from `offset` on; changes the parts. FALSE with errno set. */
gboolean gpo_disk_write (int fd, struct iovec *parts, int n_parts, guint64 offset);
/* Appends the whole file `from` to `to` at `offset`. FALSE with errno set. */
gboolean gpo_disk_copy (int from, int to, guint64 offset);

/* Cuts an open file to `size` bytes if it is longer. FALSE with errno set. */
gboolean gpo_disk_cut (int fd, guint64 size);

/* fsync() of a directory: its entries are durable after this. */
gboolean gpo_disk_sync_folder (const char *path, GError **error);
/* Makes a folder and its parents, mode 0700, and their entries durable. TRUE if it was there. */
gboolean gpo_disk_make_folder (const char *path, GError **error);
/* From now on, on this thread, the folders above new ones are not synced but gathered, and then synced
 * together: a journal commits all of them at the price of one. */
void gpo_disk_gather (void);
/* Syncs them and ends gathering; also to be called after an error, when its result does not matter. */
gboolean gpo_disk_sync_gathered (GError **error);
/* Replaces a small file by a new one, durably and whole: PATH.new is written, synced and renamed. */
gboolean gpo_disk_replace (const char *path, const char *text, GError **error);
/* Tells ext4 to put the folders made in this one far apart (FS_TOPDIR_FL). Harmless elsewhere. */
void gpo_disk_spread (const char *path);

G_END_DECLS

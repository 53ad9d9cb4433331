/* SPDX-License-Identifier: MIT */
/* store.h: everything an office keeps on disk, under one root folder.
 *
 *     ROOT/lock                         which process has this store open
 *     ROOT/counter                      the letter numbers reserved so far (letter-counter.h)
 *     ROOT/journal.*                    small letters of the last seconds, once the office is busy
 * (journal.h) ROOT/tmp/                         large letters still being received; emptied at start
 *     ROOT/tls/                         keys and certificates (made by others)
 *     ROOT/HOST/spool/{queue,free,damaged,tmp}/   one host's queue (spool.h)
 *     ROOT/HOST/mail/PERSON/Maildir/    one person's mailboxes (maildir.h)
 *
 * What stays true:
 *  - one process has a store open at a time;
 *  - every function is called on one thread, the office's, and every callback comes on its context.
 *    Files are opened, written, synced and renamed on worker threads only, except while opening and
 *    closing, when there is nothing else to do;
 *  - what a callback reported as done is on disk, file and directory, and outlives a power cut;
 *  - what failed has left nothing behind.
 *
 * Errors are of G_IO_ERROR; a full disk or quota is always G_IO_ERROR_NO_SPACE (SMTP says 452 then,
 * 451 for the rest: RFC 5321 §4.2.3). Messages name the file. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GpoStore GpoStore;

/* Opens, and makes where it is missing, the store in folder `root`. Callbacks come on `context`
 * (NULL: the default one), which the caller's thread owns. NULL and `error` if another process has
 * it open (G_IO_ERROR_BUSY, naming the process) or the folder cannot be used. */
GpoStore *gpo_store_open (const char *root, GMainContext *context, GError **error);
/* Waits until all that was begun is on disk and has called back (callbacks run inside), and lets the
 * store go. Every GpoSpool and GpoIncoming of it must be gone. */
void gpo_store_close (GpoStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoStore, gpo_store_close)

/* Waits like gpo_store_close(), but keeps the store open. */
void gpo_store_flush (GpoStore *store);

/* Makes a host's folders. Names of hosts and persons are one path component: no "/", not empty, not
 * beginning with ".". */
gboolean gpo_store_add_host (GpoStore *store, const char *host, GError **error);
/* Paths; the caller frees. Nothing is made. */
char *gpo_store_spool_path (GpoStore *store, const char *host);
char *gpo_store_maildir_path (GpoStore *store, const char *host, const char *person);
char *gpo_store_tls_path (GpoStore *store);

/* The next letter number of the office, from 1 on; never given twice over the life of the store
 * (a crash may skip some). */
guint32 gpo_store_next_letter (GpoStore *store);
/* The first number given since the store was opened: letters below it came before. */
guint32 gpo_store_first_letter (GpoStore *store);

/* TRUE if `name` can be one path component here: a host, a person. */
gboolean gpo_store_name_is_safe (const char *name);

G_END_DECLS

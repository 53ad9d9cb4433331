/* SPDX-License-Identifier: MIT */
/* maildir.h: mailboxes as folders, a file a letter (the Maildir of qmail, the subfolders of Maildir++).
 *
 *     Maildir/tmp   being written        Maildir/new   delivered, not yet seen by any reader
 *     Maildir/cur   seen, with flags     Maildir/.Sent a subfolder, itself with tmp, new and cur
 *
 * A letter's file is called
 *     <seconds>.M<µs>P<process>Q<count>L<letter>.<host>,S=<bytes>[:2,<flags>]
 * where L is the office's number of the letter, so that a letter fetched weeks later still has the
 * number it was submitted with. Flags are Maildir's letters in ASCII order, in cur/ only: D draft,
 * F flagged, P passed, R replied, S seen, T trashed.
 *
 * Any local reader (mutt, ls) may move, flag and delete these files at any time. Bytes are kept
 * exactly, with CRLF. Here is what delivery needs; nothing here holds state. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes the mailbox at `path` with its tmp, new and cur, and its parents, durably. TRUE also if it was
 * there. `subfolder`: mark it as Maildir++ does (an empty file `maildirfolder`). Runs on the caller's
 * thread: at start and for CREATE. */
gboolean gpo_maildir_create (const char *path, gboolean subfolder, GError **error);
/* Whether there is a mailbox at `path`. */
gboolean gpo_maildir_exists (const char *path);

/* A new unique file name without flags. `host` may hold anything; "/", ":", "," and control bytes in
 * it are written as \057 and so on. Any thread. The caller frees. */
char *gpo_maildir_unique (guint32 letter, guint64 size, const char *host);

/* What a file name says. */
typedef struct
{
  gsize base;     /* length of the part before ":2,": the name that never changes */
  guint32 letter; /* 0: not ours */
  gint64 size;    /* from S=, -1: not said */
  gint64 seconds; /* time of delivery, -1: not said */
  char flags[64]; /* "FS"; "" if none; other letters (keywords a-z) are kept */
} GpoMaildirName;

/* The office's number of the letter whose file is called so; 0: not ours. */
guint32 gpo_maildir_letter (const char *name);
/* Reads any Maildir file name. FALSE if it is no letter at all (it begins with "."). */
gboolean gpo_maildir_parse (const char *name, GpoMaildirName *out);

/* The folder's name of a mailbox: "Lists/Work" is ".Lists.Work", "INBOX" is "". The caller frees. */
char *gpo_mailbox_to_folder (const char *name);
/* The other way; NULL: no mailbox is called so. */
char *gpo_mailbox_from_folder (const char *folder);

G_END_DECLS

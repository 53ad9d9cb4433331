/* SPDX-License-Identifier: MIT */
/* incoming.h: a letter while it is being received, until it is safe on disk.
 *
 * A small letter stays in one buffer until it is committed, then is written and synced together with
 * whatever else waits (committer.h). One that outgrows GPO_INCOMING_MEMORY streams to a file while it
 * comes in; then at most about GPO_INCOMING_BACKLOG bytes of it are in memory, whatever its size.
 *
 *     gpo_incoming_new → write … write → commit → (callback)
 *                                      ↘ abort
 *
 * Bytes are stored exactly as given: the caller has undone the dot-stuffing and added its fields
 * (RFC 5321 §4.4, §4.5.2), and line ends stay CRLF. */
#pragma once
#include "letter/envelope.h"
#include "store/committer.h"
#include "store/spool.h"
#include "store/store.h"

G_BEGIN_DECLS

#define GPO_INCOMING_MEMORY (256 * 1024)
#define GPO_INCOMING_BACKLOG (1024 * 1024)

typedef struct GpoIncoming GpoIncoming;

typedef enum
{
  GPO_TARGET_MAILDIR,
  GPO_TARGET_SPOOL
} GpoTargetKind;

/* Where a letter goes. Everything is copied by gpo_incoming_commit(). */
typedef struct
{
  GpoTargetKind kind;
  /* GPO_TARGET_MAILDIR */
  const char *maildir; /* path of the mailbox, which exists */
  const char *flags;   /* NULL or "": into new/; else Maildir's letters, "FS": into cur/ */
  gboolean in_cur;     /* into cur/ even without flags */
  gint64 date;         /* seconds since 1970 for the file's time (IMAP's INTERNALDATE); 0: now */
  const char
      *unique; /* a name by gpo_maildir_unique() that the caller knows beforehand, or NULL: one is made */
  const char *host; /* the host's domain, for the file's name; NULL: "localhost" */
  /* Called on the committer's thread when the file is written and before it gets `name` ("cur/…", under the
   * mailbox): what it writes is durable together with the letter. FALSE and `error`: the letter fails. Or
   * NULL. */
  gboolean (*naming) (const char *name, GpoJob *job, GpoBatch *batch, gpointer naming_data, GError **error);
  gpointer naming_data;
  /* GPO_TARGET_SPOOL */
  GpoSpool *spool;
  const GpoEnvelope *envelope; /* with its `id` set (gpo_spool_make_id()) */
  /* Bytes put in front for this target alone, NULL: none. Fields that all targets get are better
   * written first with gpo_incoming_write(): a prefix makes a large letter be copied once more. */
  const char *prefix;
  gsize prefix_length;
} GpoTarget;

/* Called once when the letter is durable at all targets, or at none of them (`error` set). names[i]
 * is "new/NAME" or "cur/NAME" under the mailbox, or the ID in the spool; valid during the call. */
typedef void (*GpoIncomingFunc) (const char *const *names, guint n_targets, const GError *error,
                                 gpointer user_data);

/* A letter with this number (gpo_store_next_letter()) that begins to come in. */
GpoIncoming *gpo_incoming_new (GpoStore *store, guint32 letter);
/* Called when a writer that was told FALSE may go on. Set it before writing. */
void gpo_incoming_set_drained (GpoIncoming *incoming, void (*drained) (gpointer), gpointer user_data);
/* Takes n more bytes (copies them). FALSE: taken too, but pause now until `drained`. */
gboolean gpo_incoming_write (GpoIncoming *incoming, const char *bytes, gsize n);
/* Gives it another number, before the commit. */
void gpo_incoming_set_letter (GpoIncoming *incoming, guint32 letter);
/* Bytes written so far. */
guint64 gpo_incoming_size (GpoIncoming *incoming);
/* Frees the letter and removes what there was of it. */
void gpo_incoming_abort (GpoIncoming *incoming);
/* Makes the letter durable at all targets, at least one, and frees it. A disk error while streaming
 * is told here too, by the callback. */
void gpo_incoming_commit (GpoIncoming *incoming, const GpoTarget *targets, guint n_targets,
                          GpoIncomingFunc callback, gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* reader.h: what a mail reader asks for, whichever way it reads: IMAP, POP3, or the Maildir itself.
 *
 *     imap-reader.c      a session that stays: folders, flags and searching are the server's
 *     pop3-reader.c      a session a visit: it fetches whole letters, and knows one folder
 *     maildir-reader.c   no session at all: files
 *
 * A task is asked, one at a time, and answered once. Tasks and answers are plain data, so that they may go
 * from one thread to another. The two sessions are pure (session.h). */
#pragma once
#include "letter/summary.h"
#include "roles/session.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_READER_FOLDERS, /* all folders, with how much is in them */
  GPO_READER_LIST,    /* the letters of `folder`; with `text` only those in which it stands */
  GPO_READER_LETTER,  /* one letter, whole; it is \Seen then */
  GPO_READER_FLAG,    /* sets or clears `flags` of one letter */
  GPO_READER_FILE,    /* moves one letter to folder `to` */
  GPO_READER_SAVE,    /* puts `bytes` into `folder` with `flags` */
  GPO_READER_CREATE,  /* makes `folder` */
  GPO_READER_REMOVE   /* removes one letter for good */
} GpoReaderAsk;

typedef struct
{
  GpoReaderAsk ask;
  char *folder; /* UTF-8, "INBOX", "Lists/Work" */
  char *key;    /* which letter, as GpoReaderRow says */
  char *to;
  char *text;
  guint32 flags; /* the bits of GPO_FLAG_… in store/mailbox.h */
  gboolean on;
  GBytes *bytes; /* in CRLF form */
} GpoReaderTask;

typedef struct
{
  char *name; /* UTF-8 */
  gboolean selectable;
  guint32 messages, unseen;
} GpoReaderFolder;

typedef struct
{
  char *key; /* IMAP: the UID; POP3: the unique-id; Maildir: the file's name without its flags */
  guint32 flags;
  guint64 size; /* bytes */
  gint64 date;  /* of arrival, seconds since 1970; 0: not known */
  GpoSummary summary;
} GpoReaderRow;

/* What was asked for is set, the rest NULL. With `problem`, a sentence, it was not done. */
typedef struct
{
  GPtrArray *folders; /* of GpoReaderFolder */
  GPtrArray *rows;    /* of GpoReaderRow, in the order of arrival */
  GBytes *letter;
  char *problem;
} GpoReaderAnswer;

/* All strings are copied; bytes may be NULL. */
GpoReaderTask *gpo_reader_task_new (GpoReaderAsk ask, const char *folder, const char *key);
void gpo_reader_task_free (GpoReaderTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoReaderTask, gpo_reader_task_free)
/* An empty answer, or one with a problem (taken over). */
GpoReaderAnswer *gpo_reader_answer_new (char *problem);
void gpo_reader_answer_free (GpoReaderAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoReaderAnswer, gpo_reader_answer_free)
/* A row appended to the answer, with the summary of this header (may be the whole letter). */
GpoReaderRow *gpo_reader_answer_add (GpoReaderAnswer *answer, const char *key, const char *header,
                                     gsize length);
/* The same for a folder. */
GpoReaderFolder *gpo_reader_answer_add_folder (GpoReaderAnswer *answer, const char *name);

/* --- the sessions --- */

typedef struct
{
  /* A task is done or refused; `answer` is the callee's. */
  void (*answered) (GpoSession *session, GpoReaderAnswer *answer, gpointer data);
  /* IMAP only: the server told, unasked, that the open folder changed (RFC 2177). */
  void (*news) (GpoSession *session, gpointer data);
  /* The session can take no more tasks. `why`: a sentence, NULL after gpo_…_quit(). A task under way was
   * answered before. */
  void (*ended) (GpoSession *session, const char *why, gpointer data);
} GpoReaderUser;

typedef struct
{
  const char *login, *password;
  gboolean tls; /* STARTTLS or STLS first, and not without */
} GpoReaderOptions;

/* A client's session for person `host` (how the trace calls the caller). Tasks may be given at once: they
 * wait until the session is ready, and are done in order. */
GpoSession *gpo_imap_reader_new (const GpoReaderOptions *options, GpoLog *log, GpoSymbol host, guint32 number,
                                 const GpoReaderUser *user, gpointer data);
/* The connection stands (error NULL) or could not be made. */
void gpo_imap_reader_connected (GpoSession *session, const GError *error);
/* Takes the task over. */
void gpo_imap_reader_ask (GpoSession *session, GpoReaderTask *task);
/* Says LOGOUT when what is under way is done. */
void gpo_imap_reader_quit (GpoSession *session);
/* Forgets the user: nothing is called any more. */
void gpo_imap_reader_forget (GpoSession *session);

/* What a POP3 reader has fetched: it keeps letters itself, over all its visits. */
typedef struct GpoMaildrop GpoMaildrop;
GpoMaildrop *gpo_maildrop_new (void);
void gpo_maildrop_free (GpoMaildrop *maildrop);
/* Answers what needs no visit: LETTER of one that was fetched, FLAG (the reader's own, POP3 has none), SAVE
 * and FILE (refused). NULL: a visit is needed. The caller owns the answer. */
GpoReaderAnswer *gpo_maildrop_answer (GpoMaildrop *maildrop, const GpoReaderTask *task);

/* One visit for one task (taken over), which ends by itself; `maildrop` must outlive it. */
GpoSession *gpo_pop3_reader_new (const GpoReaderOptions *options, GpoMaildrop *maildrop, GpoReaderTask *task,
                                 GpoLog *log, GpoSymbol host, guint32 number, const GpoReaderUser *user,
                                 gpointer data);
/* The connection stands (error NULL) or could not be made. */
void gpo_pop3_reader_connected (GpoSession *session, const GError *error);
/* Forgets the user: nothing is called any more. */
void gpo_pop3_reader_forget (GpoSession *session);

/* --- without a session --- */

/* Does the task on the Maildir at `path`, as any local reader may at any time. Blocks on the disk: any
 * thread. `host` stands in the names of new files. The caller owns the answer. */
GpoReaderAnswer *gpo_maildir_reader_do (const char *path, const char *host, const GpoReaderTask *task);

G_END_DECLS

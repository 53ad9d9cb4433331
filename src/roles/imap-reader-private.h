/* SPDX-License-Identifier: MIT */
/* imap-reader-private.h: what the files of the reader that reads by IMAP share.
 *
 *     imap-reader.c            the session: what is done next, and what the desk says
 *     imap-reader-command.c    a task is made of commands, and they are said
 *     imap-reader-response.c   what a response adds to the answer */
#pragma once
#include "protocol/imap-client.h"
#include "protocol/imap.h"
#include "roles/reader.h"

G_BEGIN_DECLS

/* A server that is silent for so long while an answer is awaited is given up. */
#define GPO_IMAP_READER_ANSWER_MS (60 * 1000)
/* What a list shows of a letter. */
#define GPO_IMAP_READER_LIST_ITEMS                                                                           \
  "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Date From To Subject)])"

typedef struct
{
  GpoImapClientInput input;
  GString *text; /* behind the tag; holds literals, each waits for "+" */
} GpoImapReaderCommand;

typedef struct
{
  GpoSession session; /* first */
  const GpoReaderUser *user;
  gpointer data;
  char *login, *password;
  gboolean tls;

  GString *response; /* what has come of the response under way */
  guint64 literal;   /* bytes of a literal that are still to come */
  guint n_tags;
  char tag[16];
  GString *unsaid;        /* the rest of a command behind a literal's announcement; NULL: none … */
  guint64 unsaid_literal; /* … so many bytes of which are the literal */

  GQueue tasks;        /* of GpoReaderTask: those that wait */
  GpoReaderTask *task; /* under way … */
  GpoReaderAnswer *answer;
  GQueue commands; /* of GpoImapReaderCommand: its commands that are still to be said */
  char *folder;    /* that is open; NULL: none */
  gboolean knows, has_move, has_idle, has_tls, no_login; /* knows: CAPABILITY was answered since TLS */
  gboolean working, quitting, ended;
} GpoImapReader;

/* --- imap-reader.c --- */

/* Gives the task under way its answer; problem (taken; NULL: none): why it could not be done. */
void gpo_imap_reader_answer_task (GpoImapReader *reader, char *problem);
/* No more answers come: every task gets this one. why NULL: in good order. */
void gpo_imap_reader_end (GpoImapReader *reader, const char *why);
/* Takes the edge and ends, closing the connection. */
void gpo_imap_reader_give_up (GpoImapReader *reader, GpoImapClientInput input, GpoVerdict verdict,
                              const char *why);
void gpo_imap_reader_log_out (GpoImapReader *reader, const char *why);
/* At rest: the next command. */
void gpo_imap_reader_go_on (GpoImapReader *reader);

/* --- imap-reader-command.c --- */

void gpo_imap_reader_command_free (gpointer command);
/* A command behind the others; its text, which is the verb so far, is for the caller to go on with. */
GString *gpo_imap_reader_add (GpoImapReader *reader, GpoImapClientInput input);
/* SP mailbox. */
void gpo_imap_reader_append_folder (GString *out, const char *name);
void gpo_imap_reader_take_edge (GpoImapReader *reader, GpoImapClientInput input, GpoVerdict verdict,
                                const char *words);
/* Takes the command's edge, says it and frees it. */
void gpo_imap_reader_say (GpoImapReader *reader, GpoImapReaderCommand *command);
/* The same of a command without arguments. */
void gpo_imap_reader_say_now (GpoImapReader *reader, GpoImapClientInput input);
/* "+" came: the literal that waits for it. */
void gpo_imap_reader_say_on (GpoImapReader *reader);
/* Adds the commands of the task under way. */
void gpo_imap_reader_begin_task (GpoImapReader *reader);

/* --- imap-reader-response.c --- */

/* A whole response, with its literals, without the last CRLF. */
void gpo_imap_reader_take_response (GpoImapReader *reader, const char *text, gsize length);

G_END_DECLS

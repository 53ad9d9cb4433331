/* SPDX-License-Identifier: MIT */
/* imap-reader-response.c: what a response of the server adds to the answer, and what it means for the state.
 */
#include "roles/imap-reader-private.h"
#include <string.h>

static void
learn (GpoImapReader *reader, const GpoImapResponse *response)
{
  reader->has_move |= gpo_imap_response_offers (response, "MOVE");
  reader->has_idle |= gpo_imap_response_offers (response, "IDLE");
  reader->has_tls |= gpo_imap_response_offers (response, "STARTTLS");
  reader->no_login |= gpo_imap_response_offers (response, "LOGINDISABLED");
}

static void
take_list (GpoImapReader *reader, const GpoImapResponse *response)
{
  g_autofree char *name = NULL;
  gboolean selectable;
  if (!gpo_imap_response_list (response, &name, &selectable))
    return;
  gpo_reader_answer_add_folder (reader->answer, name)->selectable = selectable;
  if (!selectable)
    return;
  GString *text = gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_STATUS);
  gpo_imap_reader_append_folder (text, name);
  g_string_append (text, " (MESSAGES UNSEEN)");
}

static void
take_status (GpoImapReader *reader, const GpoImapResponse *response)
{
  g_autofree char *name = NULL;
  guint32 messages, unseen;
  if (!gpo_imap_response_status (response, &name, &messages, &unseen) || !reader->answer->folders)
    return;
  for (guint i = 0; i < reader->answer->folders->len; i++)
    {
      GpoReaderFolder *folder = reader->answer->folders->pdata[i];
      if (strcmp (folder->name, name) == 0)
        {
          folder->messages = messages;
          folder->unseen = unseen;
        }
    }
}

static void
take_search (GpoImapReader *reader, const GpoImapResponse *response)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!gpo_imap_response_search (response, found) || found->len == 0)
    return;
  GString *text = gpo_imap_reader_add (reader, GPO_IMAP_CLIENT_IN_FETCH);
  g_string_append_c (text, ' ');
  gpo_imap_numbers_append (text, (const guint32 *) found->data, found->len);
  g_string_append (text, " " GPO_IMAP_READER_LIST_ITEMS);
}

static void
take_fetch (GpoImapReader *reader, const GpoImapResponse *response)
{
  GpoImapFetched got;
  if (!gpo_imap_response_fetch (response, &got) || !got.section || !got.uid)
    return; /* flags that somebody else changed */
  if (reader->task->ask == GPO_READER_LETTER)
    {
      g_clear_pointer (&reader->answer->letter, g_bytes_unref);
      reader->answer->letter = g_bytes_new (got.section, got.section_length);
    }
  else if (reader->task->ask == GPO_READER_LIST)
    {
      g_autofree char *key = g_strdup_printf ("%u", got.uid);
      GpoReaderRow *row = gpo_reader_answer_add (reader->answer, key, got.section, got.section_length);
      row->flags = got.flags;
      row->size = got.size;
      row->date = got.date;
    }
}

static void
take_untagged (GpoImapReader *reader, const GpoImapResponse *response)
{
  gboolean idle
      = reader->session.state == GPO_IMAP_CLIENT_IDLE || reader->session.state == GPO_IMAP_CLIENT_IDLING;
  if (response->kind == GPO_RESPONSE_CAPABILITY)
    learn (reader, response);
  else if (idle
           && (response->kind == GPO_RESPONSE_EXISTS || response->kind == GPO_RESPONSE_EXPUNGE
               || response->kind == GPO_RESPONSE_FETCH))
    {
      if (reader->user && reader->user->news)
        reader->user->news (&reader->session, reader->data);
    }
  else if (!reader->task)
    return;
  else if (response->kind == GPO_RESPONSE_LIST && reader->task->ask == GPO_READER_FOLDERS)
    take_list (reader, response);
  else if (response->kind == GPO_RESPONSE_STATUS)
    take_status (reader, response);
  else if (response->kind == GPO_RESPONSE_SEARCH && reader->task->ask == GPO_READER_LIST)
    take_search (reader, response);
  else if (response->kind == GPO_RESPONSE_FETCH)
    take_fetch (reader, response);
}

static GpoVerdict
verdict_of (const GpoImapResponse *response)
{
  switch (response->kind)
    {
    case GPO_RESPONSE_OK:
      return GPO_OK;
    case GPO_RESPONSE_PREAUTH:
      return GPO_EMPTY;
    case GPO_RESPONSE_NO:
      return GPO_REFUSED;
    case GPO_RESPONSE_BYE:
      return GPO_CLOSING;
    default:
      return GPO_SYNTAX;
    }
}

/* What the state that was left means, now that its command is answered. */
static void
after_reply (GpoImapReader *reader, guint8 from, GpoVerdict verdict, char *words)
{
  GpoSession *session = &reader->session;
  if (from == GPO_IMAP_CLIENT_CAPABILITY)
    reader->knows = TRUE;
  else if (from == GPO_IMAP_CLIENT_STARTTLS && verdict != GPO_OK)
    reader->has_tls = FALSE; /* and so it is given up, or not, in log_in() */
  else if (from == GPO_IMAP_CLIENT_SELECT)
    {
      g_free (reader->folder);
      reader->folder = verdict == GPO_OK && reader->task ? g_strdup (reader->task->folder) : NULL;
    }
  if (session->state == GPO_IMAP_CLIENT_TLS)
    {
      gpo_session_discard (session); /* anybody's: RFC 3501 §6.2.1 */
      session->wants_tls = TRUE;
      session->pending = GPO_PENDING_TLS;
    }
  else if (session->state == GPO_IMAP_CLIENT_CLOSED)
    {
      session->closing = TRUE;
      gpo_imap_reader_end (reader, verdict == GPO_OK ? NULL : words);
    }
  else if (verdict != GPO_OK && from == GPO_IMAP_CLIENT_LOGIN)
    gpo_imap_reader_log_out (reader, words);
  else if (verdict != GPO_OK && reader->task && from != GPO_IMAP_CLIENT_IDLE && from != GPO_IMAP_CLIENT_DONE)
    gpo_imap_reader_answer_task (reader, g_strdup (words));
}

static void
take_reply (GpoImapReader *reader, const GpoImapResponse *response)
{
  guint8 from = reader->session.state;
  GpoVerdict verdict = verdict_of (response);
  g_autofree char *words = gpo_imap_response_words (response);
  if (gpo_machine_find (reader->session.machine, from, GPO_IMAP_CLIENT_IN_REPLY, verdict) == GPO_NO_EDGE)
    verdict = GPO_SYNTAX;
  if (verdict == GPO_OK || verdict == GPO_EMPTY)
    learn (reader, response);
  if (reader->unsaid)
    g_string_free (g_steal_pointer (&reader->unsaid), TRUE);
  gpo_imap_reader_take_edge (reader, GPO_IMAP_CLIENT_IN_REPLY, verdict, words);
  after_reply (reader, from, verdict, words);
  gpo_imap_reader_go_on (reader);
}

void
gpo_imap_reader_take_response (GpoImapReader *reader, const char *text, gsize length)
{
  GpoImapResponse response;
  guint8 state = reader->session.state;
  if (!gpo_imap_response_parse (text, length, &response))
    gpo_imap_reader_give_up (reader, GPO_IMAP_CLIENT_IN_REPLY, GPO_SYNTAX,
                             "the server sent what is no IMAP response");
  else if (response.kind == GPO_RESPONSE_CONTINUE)
    {
      if (gpo_machine_find (reader->session.machine, state, GPO_IMAP_CLIENT_IN_CONTINUE, GPO_MORE)
          == GPO_NO_EDGE)
        return;
      gpo_imap_reader_take_edge (reader, GPO_IMAP_CLIENT_IN_CONTINUE, GPO_MORE, NULL);
      gpo_imap_reader_say_on (reader);
      gpo_imap_reader_go_on (reader); /* a task may have come between IDLE and "+" */
    }
  else if (response.tagged || state == GPO_IMAP_CLIENT_GREETING
           || (response.kind == GPO_RESPONSE_BYE && state != GPO_IMAP_CLIENT_LOGOUT))
    {
      if (response.tagged
          && (strlen (reader->tag) != response.tag_length
              || memcmp (reader->tag, response.tag, response.tag_length)))
        return; /* an answer to nothing that was asked */
      take_reply (reader, &response);
    }
  else
    take_untagged (reader, &response);
}

/* SPDX-License-Identifier: MIT */
/* mail-counter.c: persons' mailboxes, opened once for all sessions, and the events of their changes. */
#include "roles/mail-counter.h"

void
gpo_counter_init (GpoCounter *counter, GpoHost *host, GpoLog *log)
{
  counter->host = host;
  counter->log = log;
  counter->persons = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) gpo_mailboxes_free);
  counter->maildrops = g_hash_table_new (NULL, NULL);
  counter->recorded = g_hash_table_new (NULL, NULL);
}

void
gpo_counter_finish (GpoCounter *counter)
{
  g_hash_table_unref (counter->persons);
  g_hash_table_unref (counter->maildrops);
  g_hash_table_unref (counter->recorded);
}

gboolean
gpo_counter_knows (GpoCounter *counter, guint32 letter)
{
  return letter != 0
         && (letter >= counter->first_letter
             || g_hash_table_contains (counter->recorded, GUINT_TO_POINTER (letter)));
}

void
gpo_counter_note_recorded (GpoCounter *counter, guint32 letter)
{
  if (letter != 0 && letter < counter->first_letter)
    g_hash_table_add (counter->recorded, GUINT_TO_POINTER (letter));
}

char *
gpo_counter_mailbox_name (GpoMailbox *mailbox)
{
  return g_strdup_printf ("%s/%s", mailbox->mailboxes->person, mailbox->name);
}

void
gpo_counter_flags_append (GString *out, const GpoMailbox *mailbox, guint32 flags)
{
  static const struct
  {
    const char *word;
    gssize length;
  } system[]
      = { { "\\Seen", 5 }, { "\\Answered", 9 }, { "\\Flagged", 8 }, { "\\Deleted", 8 }, { "\\Draft", 6 } };
  gboolean first = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (system); i++)
    if (flags & 1u << i)
      {
        if (!first)
          g_string_append_c (out, ' ');
        g_string_append_len (out, system[i].word, system[i].length);
        first = FALSE;
      }
  if (flags < GPO_FLAG_KEYWORD (0))
    return;
  for (guint i = 0; i < mailbox->n_keywords; i++)
    if (flags & GPO_FLAG_KEYWORD (i))
      {
        g_string_append (out, first ? "" : " ");
        g_string_append (out, mailbox->keywords[i]);
        first = FALSE;
      }
}

/* --- the trace of changes --- */

static const char *const actions[]
    = { [GPO_CHANGE_ADDED] = "add", [GPO_CHANGE_FLAGS] = "flags", [GPO_CHANGE_EXPUNGED] = "expunge" };

/* A view's `changed_data` is its session. */
static void
observe (GpoMailbox *mailbox, GpoMailboxChange change, const guint32 *slots, guint n, GpoView *source,
         gpointer data)
{
  GpoCounter *counter = data;
  GpoSession *session = source ? source->changed_data : NULL;
  g_autofree char *name = gpo_counter_mailbox_name (mailbox);
  g_autoptr (GString) flags = g_string_new (NULL);
  GpoSymbol action = gpo_symbol (actions[change]);
  for (guint i = 0; i < n; i++)
    {
      const GpoMessage *message = gpo_mailbox_message (mailbox, slots[i]);
      GpoEventBuilder b;
      gpo_event_begin (&b, GPO_KIND_MAILBOX);
      b.event.host = counter->host->symbol;
      b.event.letter = message->letter;
      if (session)
        {
          b.event.session = session->number;
          b.event.protocol = (guint8) session->protocol;
        }
      gpo_event_add_symbol (&b, GPO_FIELD_ACTION, action);
      gpo_event_add_text (&b, GPO_FIELD_MAILBOX, name, -1);
      gpo_event_add_number (&b, GPO_FIELD_UID, message->uid);
      guint32 number = source ? gpo_view_number (source, slots[i]) : 0;
      if (number)
        gpo_event_add_number (&b, GPO_FIELD_NUMBER, number);
      g_string_truncate (flags, 0);
      gpo_counter_flags_append (flags, mailbox, message->flags & GPO_FLAGS_ALL);
      gpo_event_add_text (&b, GPO_FIELD_FLAGS, flags->str, (gssize) flags->len);
      if (session && session->cause)
        gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) session->cause);
      gpo_log_append (counter->log, &b);
    }
}

GpoMailboxes *
gpo_counter_mailboxes (GpoCounter *counter, GpoPerson *person, GError **error)
{
  GpoMailboxes *mailboxes = g_hash_table_lookup (counter->persons, person);
  if (mailboxes)
    return mailboxes;
  mailboxes = counter->open (counter, person, error);
  if (!mailboxes)
    return NULL;
  mailboxes->observer = observe;
  mailboxes->observer_data = counter;
  g_hash_table_insert (counter->persons, person, mailboxes);
  return mailboxes;
}

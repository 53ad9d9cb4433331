/* SPDX-License-Identifier: MIT */
/* world-text.c: the world as of event n in words: sessions, queues, mailboxes, letters. */
#include "replay/world.h"
#include <string.h>

typedef struct
{
  GString *out;
  GpoPicture *picture;
  guint64 n;
  GpoTranscriptFlags flags;
} World;

/* Appends words of a trace, made harmless. NULL adds nothing. */
static void
add (const World *world, const char *text)
{
  if (text)
    gpo_escape_text (world->out, text, strlen (text), world->flags);
}

/* The same, filled up to a column. */
static void
add_column (const World *world, const char *text, int width)
{
  gsize before = world->out->len;
  add (world, text);
  int missing = width - (int) g_utf8_strlen (world->out->str + before, (gssize) (world->out->len - before));
  g_string_append_printf (world->out, "%*s", MAX (missing, 1), "");
}

static void
chapter (const World *world, const char *title, gboolean *begun)
{
  if (!*begun)
    g_string_append_printf (world->out, "\n%s\n", title);
  *begun = TRUE;
}

static void
add_head (const World *world)
{
  const GpoEvent *event = gpo_log_get (gpo_picture_log (world->picture), world->n);
  g_string_append_printf (world->out, "The world after event %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT,
                          world->n, gpo_picture_length (world->picture) - 1);
  if (!event)
    return (void) g_string_append (world->out, " (it is no more in memory)\n");
  g_string_append_printf (world->out, ", at %.3f s\n  ", (double) event->time / G_USEC_PER_SEC);
  gpo_event_to_text (world->out, world->n, event, world->flags);
  g_string_append_c (world->out, '\n');
}

static void
add_session (const World *world, const GpoSessionTrack *session, const GpoSessionAt *at)
{
  g_string_append_printf (world->out, "  %-5u", session->number);
  add_column (world, gpo_symbol_name (session->host), 10);
  add_column (world, session->role ? gpo_symbol_name (session->role) : gpo_protocol_name (session->protocol),
              12);
  add_column (world, at->state ? at->state : "?", 18);
  if (at->client_state)
    {
      g_string_append (world->out, "client: ");
      add_column (world, at->client_state, 12);
    }
  if (session->caller)
    g_string_append_printf (world->out, "from %s  ", gpo_symbol_name (session->caller));
  if (at->person)
    {
      g_string_append (world->out, "as ");
      add_column (world, at->person, 0);
    }
  if (at->mailbox)
    {
      g_string_append (world->out, "in ");
      add_column (world, at->mailbox, 0);
    }
  if (at->letter)
    g_string_append_printf (world->out, "letter %u  ", at->letter);
  g_string_append (world->out, at->tls ? "TLS  " : "");
  g_string_append (world->out, at->held ? "held by the gate" : "");
  g_string_truncate (world->out, strlen (g_strchomp (world->out->str)));
  g_string_append_c (world->out, '\n');
}

static void
add_sessions (const World *world)
{
  guint opened = gpo_picture_sessions_until (world->picture, world->n), closed = 0;
  gboolean begun = FALSE;
  for (guint i = 0; i < opened; i++)
    {
      const GpoSessionTrack *session = gpo_picture_session (world->picture, i);
      GpoSessionAt at;
      closed += session->closed <= world->n;
      if (session->closed <= world->n)
        continue;
      gpo_picture_session_at (world->picture, session, world->n, &at);
      chapter (world, "Sessions", &begun);
      add_session (world, session, &at);
    }
  if (closed)
    {
      chapter (world, "Sessions", &begun);
      g_string_append_printf (world->out, "  %u closed before\n", closed);
    }
}

static void
add_waiting (const World *world, const GpoHostTrack *host, const GpoEvent *event)
{
  gint64 due = gpo_event_number (event, GPO_FIELD_DUE, -1);
  const char *reason = gpo_event_text (event, GPO_FIELD_REASON, NULL);
  g_string_append (world->out, "  ");
  add_column (world, host->name, 10);
  g_string_append_printf (world->out, "letter %-6u", event->letter);
  add_column (world, gpo_event_text (event, GPO_FIELD_STATE, NULL), 10);
  add (world, gpo_event_text (event, GPO_FIELD_RECIPIENT, NULL));
  const char *hop = gpo_event_text (event, GPO_FIELD_NEXT_HOP, NULL);
  if (hop)
    {
      g_string_append (world->out, "  by ");
      add (world, hop);
    }
  if (due >= 0)
    g_string_append_printf (world->out, "  due at %.3f s", (double) due / G_USEC_PER_SEC);
  if (reason)
    {
      g_string_append (world->out, "  because: ");
      add (world, reason);
    }
  g_string_append_c (world->out, '\n');
}

static void
add_queues (const World *world)
{
  gboolean begun = FALSE;
  for (guint i = 0; i < gpo_picture_n_hosts (world->picture); i++)
    {
      const GpoHostTrack *host = gpo_picture_host (world->picture, i);
      g_autoptr (GArray) queue = gpo_picture_queue_at (world->picture, host, world->n);
      for (guint k = 0; k < queue->len; k++)
        {
          chapter (world, "Queues", &begun);
          add_waiting (world, host,
                       gpo_log_get (gpo_picture_log (world->picture), g_array_index (queue, guint64, k)));
        }
    }
}

static void
add_mailboxes (const World *world)
{
  gboolean begun = FALSE;
  for (guint i = 0; i < gpo_picture_n_mailboxes (world->picture); i++)
    {
      const GpoMailboxTrack *mailbox = gpo_picture_mailbox (world->picture, i);
      if (mailbox->first > world->n)
        continue;
      g_autoptr (GArray) messages = gpo_picture_mailbox_at (world->picture, mailbox, world->n);
      chapter (world, "Mailboxes", &begun);
      g_string_append (world->out, "  ");
      add_column (world, gpo_symbol_name (mailbox->host), 10);
      add_column (world, mailbox->name, 0);
      guint count = gpo_picture_mailbox_length (mailbox, world->n);
      g_string_append_printf (world->out, " %u letter%s", count, count == 1 ? "" : "s");
      if (count > messages->len)
        g_string_append_printf (world->out, ", %u of them from before this trace", count - messages->len);
      g_string_append_c (world->out, '\n');
      for (guint k = 0; k < messages->len; k++)
        {
          const GpoMessageAt *message = &g_array_index (messages, GpoMessageAt, k);
          g_string_append (world->out, "            ");
          if (message->letter)
            g_string_append_printf (world->out, "letter %-6u", message->letter);
          if (message->uid)
            g_string_append_printf (world->out, "UID %" G_GINT64_FORMAT "  ", message->uid);
          add (world, message->flags);
          g_string_append_c (world->out, '\n');
        }
    }
}

static void
add_letter (const World *world, const GpoLetterTrack *letter, const GpoLetterAt *at)
{
  g_string_append_printf (world->out, "  %-5u", letter->number);
  add_column (world, at->host ? gpo_symbol_name (at->host) : "", 10);
  add_column (world, at->place ? at->place : "", 12);
  if (at->size >= 0)
    g_string_append_printf (world->out, "%" G_GINT64_FORMAT " bytes  ", at->size);
  if (at->sender)
    {
      g_string_append (world->out, "<");
      add (world, at->sender);
      g_string_append (world->out, world->flags & GPO_TRANSCRIPT_ASCII ? "> ->" : "> →");
    }
  for (guint k = 0; k < at->recipients->len; k++)
    {
      g_string_append (world->out, " <");
      add (world, g_array_index (at->recipients, GpoRecipientAt, k).path);
      g_string_append_c (world->out, '>');
    }
  g_string_append_c (world->out, '\n');
}

static void
add_letters (const World *world)
{
  guint n = gpo_picture_letters_until (world->picture, world->n);
  gboolean begun = FALSE;
  for (guint i = 0; i < n; i++)
    {
      const GpoLetterTrack *letter = gpo_picture_letter (world->picture, i);
      GpoLetterAt at;
      gpo_picture_letter_at (world->picture, letter, world->n, &at);
      chapter (world, "Letters", &begun);
      add_letter (world, letter, &at);
      g_array_unref (at.recipients);
    }
}

void
gpo_world_to_text (GString *out, GpoPicture *picture, guint64 n, GpoTranscriptFlags flags)
{
  World world = { out, picture, n, flags };
  add_head (&world);
  add_sessions (&world);
  add_queues (&world);
  add_mailboxes (&world);
  add_letters (&world);
}

/* SPDX-License-Identifier: MIT */
/* world-json.c: the world as of event n as one JSON object. */
#include "replay/world.h"
#include "trace/transcript.h"
#include <json-glib/json-glib.h>

/* A member with a text; bytes that are no UTF-8 become U+FFFD. NULL adds nothing. */
static void
add_text (JsonBuilder *b, const char *name, const char *text)
{
  if (!text || !*text)
    return;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_builder_set_member_name (b, name);
  json_builder_add_string_value (b, valid);
}

static void
add_number (JsonBuilder *b, const char *name, gint64 number)
{
  json_builder_set_member_name (b, name);
  json_builder_add_int_value (b, number);
}

static void
add_truth (JsonBuilder *b, const char *name, gboolean truth)
{
  json_builder_set_member_name (b, name);
  json_builder_add_boolean_value (b, truth);
}

static void
begin_list (JsonBuilder *b, const char *name)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
}

static void
add_sessions (JsonBuilder *b, GpoPicture *picture, guint64 n)
{
  guint opened = gpo_picture_sessions_until (picture, n);
  begin_list (b, "sessions");
  for (guint i = 0; i < opened; i++)
    {
      const GpoSessionTrack *session = gpo_picture_session (picture, i);
      GpoSessionAt at;
      if (session->closed <= n)
        continue;
      gpo_picture_session_at (picture, session, n, &at);
      json_builder_begin_object (b);
      add_number (b, "session", session->number);
      add_text (b, "host", gpo_symbol_name (session->host));
      add_text (b, "protocol", gpo_protocol_name (session->protocol));
      add_text (b, "role", gpo_symbol_name (session->role));
      add_text (b, "caller", gpo_symbol_name (session->caller));
      add_text (b, "state", at.state);
      add_text (b, "client-state", at.client_state);
      add_text (b, "person", at.person);
      add_text (b, "mailbox", at.mailbox);
      if (at.letter)
        add_number (b, "letter", at.letter);
      add_truth (b, "tls", at.tls);
      add_truth (b, "held", at.held);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_queues (JsonBuilder *b, GpoPicture *picture, guint64 n)
{
  begin_list (b, "queues");
  for (guint i = 0; i < gpo_picture_n_hosts (picture); i++)
    {
      const GpoHostTrack *host = gpo_picture_host (picture, i);
      g_autoptr (GArray) queue = gpo_picture_queue_at (picture, host, n);
      for (guint k = 0; k < queue->len; k++)
        {
          guint64 number = g_array_index (queue, guint64, k);
          const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), number);
          json_builder_begin_object (b);
          add_text (b, "host", host->name);
          add_number (b, "letter", event->letter);
          add_text (b, "state", gpo_event_text (event, GPO_FIELD_STATE, NULL));
          add_text (b, "recipient", gpo_event_text (event, GPO_FIELD_RECIPIENT, NULL));
          add_text (b, "next-hop", gpo_event_text (event, GPO_FIELD_NEXT_HOP, NULL));
          add_text (b, "reason", gpo_event_text (event, GPO_FIELD_REASON, NULL));
          if (gpo_event_has (event, GPO_FIELD_DUE))
            add_number (b, "due", gpo_event_number (event, GPO_FIELD_DUE, 0));
          add_number (b, "event", (gint64) number);
          json_builder_end_object (b);
        }
    }
  json_builder_end_array (b);
}

static void
add_messages (JsonBuilder *b, const GArray *messages)
{
  begin_list (b, "letters");
  for (guint k = 0; k < messages->len; k++)
    {
      const GpoMessageAt *message = &g_array_index (messages, GpoMessageAt, k);
      json_builder_begin_object (b);
      if (message->letter)
        add_number (b, "letter", message->letter);
      if (message->uid)
        add_number (b, "uid", message->uid);
      add_text (b, "flags", message->flags);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_mailboxes (JsonBuilder *b, GpoPicture *picture, guint64 n)
{
  begin_list (b, "mailboxes");
  for (guint i = 0; i < gpo_picture_n_mailboxes (picture); i++)
    {
      const GpoMailboxTrack *mailbox = gpo_picture_mailbox (picture, i);
      if (mailbox->first > n)
        continue;
      g_autoptr (GArray) messages = gpo_picture_mailbox_at (picture, mailbox, n);
      json_builder_begin_object (b);
      add_text (b, "host", gpo_symbol_name (mailbox->host));
      add_text (b, "mailbox", mailbox->name);
      add_number (b, "count", gpo_picture_mailbox_length (mailbox, n));
      add_messages (b, messages);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_letters (JsonBuilder *b, GpoPicture *picture, guint64 n)
{
  guint count = gpo_picture_letters_until (picture, n);
  begin_list (b, "letters");
  for (guint i = 0; i < count; i++)
    {
      const GpoLetterTrack *letter = gpo_picture_letter (picture, i);
      GpoLetterAt at;
      gpo_picture_letter_at (picture, letter, n, &at);
      json_builder_begin_object (b);
      add_number (b, "letter", letter->number);
      add_text (b, "host", gpo_symbol_name (at.host));
      add_text (b, "place", at.place);
      if (at.sender)
        {
          json_builder_set_member_name (b, "sender"); /* the null reverse-path is a reverse-path too */
          g_autofree char *sender = g_utf8_make_valid (at.sender, -1);
          json_builder_add_string_value (b, sender);
        }
      begin_list (b, "recipients");
      for (guint k = 0; k < at.recipients->len; k++)
        {
          g_autofree char *path
              = g_utf8_make_valid (g_array_index (at.recipients, GpoRecipientAt, k).path, -1);
          json_builder_add_string_value (b, path);
        }
      json_builder_end_array (b);
      if (at.size >= 0)
        add_number (b, "size", at.size);
      json_builder_end_object (b);
      g_array_unref (at.recipients);
    }
  json_builder_end_array (b);
}

char *
gpo_world_to_json (GpoPicture *picture, guint64 n)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), n);
  json_builder_begin_object (b);
  add_number (b, "n", (gint64) n);
  if (event)
    add_number (b, "t", event->time);
  add_sessions (b, picture, n);
  add_queues (b, picture, n);
  add_mailboxes (b, picture, n);
  add_letters (b, picture, n);
  json_builder_end_object (b);
  g_autoptr (JsonNode) root = json_builder_get_root (b);
  return gpo_escape_json (json_to_string (root, FALSE));
}

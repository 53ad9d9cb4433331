/* SPDX-License-Identifier: MIT */
/* imap-update.c: what changed in the selected mailbox, told at the right moments only: RFC 3501 §5.2, §7.4.1.
 *
 *     at the end of every command, and at any time in IDLE
 *         * n FETCH (FLAGS …)    flags that others changed
 *         * n EXPUNGE            never while FETCH, STORE or SEARCH is answered, and never between commands
 *         * n EXISTS, * n RECENT letters that are new
 *
 * Flags come first, while the numbers are still those the client knows. */
#include "roles/imap-private.h"

void
gpo_imap_record_told (GpoImap *imap, const char *verb, guint32 number, const GpoMessage *message)
{
  GpoEventBuilder b;
  g_autofree char *name = gpo_counter_mailbox_name (imap->view->mailbox);
  gpo_session_event (&imap->mail.session, &b, GPO_KIND_MAILBOX);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol ("tell"));
  gpo_event_add_symbol (&b, GPO_FIELD_VERB, gpo_symbol (verb));
  gpo_event_add_text (&b, GPO_FIELD_MAILBOX, name, -1);
  gpo_event_add_number (&b, GPO_FIELD_NUMBER, number);
  if (message)
    {
      b.event.letter = message->letter;
      gpo_event_add_number (&b, GPO_FIELD_UID, message->uid);
    }
  gpo_log_append (imap->mail.session.log, &b);
}

static void
tell_flags (GpoImap *imap)
{
  g_autoptr (GArray) numbers = gpo_view_take_flags (imap->view);
  if (imap->view->mailbox->n_keywords > imap->told_keywords)
    gpo_imap_tell_flags (imap);
  for (guint i = 0; numbers && i < numbers->len; i++)
    {
      guint32 number = g_array_index (numbers, guint32, i);
      const GpoMessage *message = gpo_view_message (imap->view, number);
      GString *out = gpo_imap_begin (imap);
      imap->line_letter = message->letter;
      g_string_append_len (out, "* ", 2);
      gpo_imap_append_number (out, number);
      g_string_append (out, " FETCH (");
      if (imap->condstore || gpo_imap_is_uid (imap->input))
        g_string_append_printf (out, "UID %u ", message->uid);
      gpo_imap_append_flags (imap, out, message);
      if (imap->condstore)
        gpo_imap_condstore_append (out, " ", message);
      g_string_append_c (out, ')');
      gpo_imap_end (imap);
      gpo_imap_record_told (imap, "FETCH", number, message);
    }
}

static void
tell_one_expunged (guint32 number, guint32 slot, gpointer data)
{
  GpoImap *imap = data;
  const GpoMessage *message = gpo_mailbox_message (imap->view->mailbox, slot);
  GString *out = gpo_imap_begin (imap);
  imap->line_letter = message->letter;
  g_string_append_len (out, "* ", 2);
  gpo_imap_append_number (out, number);
  g_string_append (out, " EXPUNGE");
  gpo_imap_end (imap);
  gpo_imap_record_told (imap, "EXPUNGE", number, message);
}

/* The mailbox was deleted by somebody else: arrow 7. Only a session that holds no command can be told at
 * once. */
static gboolean
tell_gone (GpoImap *imap)
{
  if (!imap->view->mailbox->gone || imap->mail.session.state == GPO_IMAP_LOGOUT)
    return FALSE;
  GpoImapState state = (GpoImapState) imap->mail.session.state;
  if ((state == GPO_IMAP_SELECTED && imap->answered) || state == GPO_IMAP_SELECTED_IDLE)
    gpo_imap_step_edge (imap, GPO_IMAP_IN_GONE, GPO_CLOSING, NULL);
  return TRUE;
}

void
gpo_imap_update (GpoImap *imap, gboolean expunge)
{
  GpoView *view = imap->view;
  if (tell_gone (imap) || !gpo_view_is_stale (view))
    return;
  tell_flags (imap);
  if (expunge)
    gpo_view_tell_expunged (view, tell_one_expunged, imap);
  if (!gpo_view_tell_added (view))
    return;
  gpo_imap_untagged (imap, "%u EXISTS", view->n);
  gpo_imap_untagged (imap, "%u RECENT", gpo_view_n_recent (view));
  gpo_imap_record_told (imap, "EXISTS", view->n, gpo_view_message (view, view->n));
}

void
gpo_imap_view_changed (GpoView *view, gpointer data)
{
  GpoImap *imap = data;
  if (imap->mail.session.pending != GPO_PENDING_NONE || !imap->view)
    return;
  if (imap->mail.session.state == GPO_IMAP_SELECTED_IDLE && gpo_session_has_room (&imap->mail.session))
    gpo_imap_update (imap, TRUE);
  else if (!view->mailbox->gone || !tell_gone (imap))
    return;
  gpo_session_changed (&imap->mail.session);
}

/* SPDX-License-Identifier: MIT */
/* pop3-maildrop.c: the lock on the maildrop, and opening it: RFC 1939 §4.
 *
 * What stays true: one session at a time has a person's maildrop, whichever way it logged in. */
#include "roles/pop3-private.h"
#include <string.h>

/* The lock is seen in the trace: who holds it keeps others out. */
static void
lock_event (GpoPop3 *pop3, const char *action)
{
  GpoEventBuilder b;
  g_autofree char *name = g_strdup_printf ("%s/INBOX", pop3->person->login);
  gpo_session_event (&pop3->mail.session, &b, GPO_KIND_MAILBOX);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  gpo_event_add_text (&b, GPO_FIELD_MAILBOX, name, -1);
  gpo_log_append (pop3->mail.session.log, &b);
}

void
gpo_pop3_unlock (GpoPop3 *pop3)
{
  if (pop3->person)
    {
      g_hash_table_remove (pop3->mail.counter->maildrops, pop3->person);
      lock_event (pop3, "unlock");
    }
  pop3->person = NULL;
  g_clear_pointer (&pop3->view, gpo_view_free);
  g_clear_pointer (&pop3->marked, g_byte_array_unref);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoPop3 *pop3 = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_mail_awake (&pop3->mail))
    return;
  if (error)
    {
      gpo_pop3_unlock (pop3);
      gpo_pop3_answerf (pop3, pop3->input, GPO_DEFERRED, "-ERR [SYS/TEMP] %s", error->message);
    }
  else
    {
      pop3->view = gpo_view_new (mailbox, TRUE);
      pop3->view->changed_data = pop3;
      pop3->marked = g_byte_array_new ();
      g_byte_array_set_size (pop3->marked, pop3->view->n);
      if (pop3->marked->len)
        memset (pop3->marked->data, 0, pop3->marked->len);
      gpo_pop3_answerf (pop3, pop3->input, GPO_OK, "+OK %u letters, %" G_GUINT64_FORMAT " octets",
                        pop3->view->n, mailbox->size);
    }
  gpo_mail_settle (&pop3->mail);
}

void
gpo_pop3_enter (GpoPop3 *pop3, GpoPerson *person)
{
  g_autoptr (GError) error = NULL;
  if (!g_hash_table_add (pop3->mail.counter->maildrops, person))
    {
      gpo_pop3_answer (pop3, pop3->input, GPO_DEFERRED, NULL);
      return;
    }
  pop3->person = person;
  lock_event (pop3, "lock");
  GpoMailboxes *mailboxes = gpo_counter_mailboxes (pop3->mail.counter, person, &error);
  if (!mailboxes)
    {
      gpo_pop3_unlock (pop3);
      gpo_pop3_answerf (pop3, pop3->input, GPO_DEFERRED, "-ERR [SYS/TEMP] %s", error->message);
      return;
    }
  gpo_mail_wait (&pop3->mail);
  gpo_mailboxes_open (mailboxes, "INBOX", opened, pop3);
}

/* SPDX-License-Identifier: MIT */
/* reader-sending.c: letters that go out: composed, handed to the person's host, a copy kept, the answered one
 * marked. */
#include "i18n.h"
#include "reader-model-private.h"
#include "store/mailbox.h"
#include <string.h>

#define SENT "Sent"

static char *
address_of (const GpoPerson *person)
{
  return g_strdup_printf ("%s@%s", person->login, person->host->domain);
}

char *
gpo_reader_model_sender (GpoReaderModel *model)
{
  g_autofree char *address = address_of (model->person);
  return model->person->name ? g_strdup_printf ("%s <%s>", model->person->name, address)
                             : g_steal_pointer (&address);
}

/* POP3 has no place for it. */
static void
keep_copy (GpoReaderModel *model, GBytes *letter)
{
  gboolean known = FALSE;
  if (model->way == GPO_WAY_POP3)
    return;
  for (guint i = 0; model->folders && i < model->folders->len; i++)
    known |= strcmp (((GpoReaderFolder *) model->folders->pdata[i])->name, SENT) == 0;
  if (!known)
    gpo_reader_model_ask (model, gpo_reader_task_new (GPO_READER_CREATE, SENT, NULL));
  GpoReaderTask *task = gpo_reader_task_new (GPO_READER_SAVE, SENT, NULL);
  task->bytes = g_bytes_ref (letter);
  task->flags = GPO_FLAG_SEEN;
  gpo_reader_model_ask (model, task);
}

typedef struct
{
  GpoReaderModel *model;
  GBytes *letter;
  char *folder, *answers;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;
  g_bytes_unref (sending->letter);
  g_free (sending->folder);
  g_free (sending->answers);
  g_free (sending);
}

static void
mark_answered (Sending *sending)
{
  GpoReaderTask *task = gpo_reader_task_new (GPO_READER_FLAG, sending->folder, sending->answers);
  task->flags = GPO_FLAG_ANSWERED;
  task->on = TRUE;
  gpo_reader_model_ask (sending->model, task);
  gpo_reader_model_set_flags (sending->model, sending->answers, GPO_FLAG_ANSWERED, TRUE);
}

static void
on_sent (const char *problem, gpointer data)
{
  Sending *sending = data;
  GpoReaderModel *model = sending->model;
  if (problem)
    gpo_reader_model_say (model, TRUE, g_strdup_printf (_ ("Not sent: %s"), problem));
  else
    gpo_reader_model_say (model, FALSE, g_strdup (_ ("Sent: the office has taken it")));
  if (!problem)
    {
      keep_copy (model, sending->letter);
      if (sending->answers)
        mark_answered (sending);
    }
  g_ptr_array_remove (model->sendings, sending);
  gpo_reader_model_changed (model);
}

gboolean
gpo_reader_model_send (GpoReaderModel *model, const GpoDraft *draft, const char *answers, char **problem)
{
  g_auto (GStrv) recipients = gpo_draft_recipients (draft, problem);
  if (!recipients)
    return FALSE;
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *from = address_of (model->person);
  Sending *sending = g_new (Sending, 1);
  *sending = (Sending){ model, gpo_draft_compose (draft, g_get_real_time (), id, model->person->host->domain),
                        g_strdup (model->folder), g_strdup (answers) };
  g_ptr_array_add (model->sendings, sending);
  gpo_reader_model_say (model, FALSE, g_strdup (_ ("Sending…")));
  gpo_mail_reader_send (model->reader, from, (const char *const *) recipients, sending->letter, on_sent,
                        sending);
  gpo_reader_model_changed (model);
  return TRUE;
}

GPtrArray *
gpo_reader_sendings_new (void)
{
  return g_ptr_array_new_with_free_func (sending_free);
}

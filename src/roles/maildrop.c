/* SPDX-License-Identifier: MIT */
/* maildrop.c: the letters a POP3 reader has fetched, with flags of its own, since POP3 knows none. */
#include "roles/maildrop.h"
#include "store/mailbox.h"

void
gpo_kept_letter_free (gpointer data)
{
  GpoKeptLetter *kept = data;
  g_free (kept->id);
  g_clear_pointer (&kept->letter, g_bytes_unref);
  g_free (kept);
}

GpoMaildrop *
gpo_maildrop_new (void)
{
  GpoMaildrop *maildrop = g_new (GpoMaildrop, 1);
  maildrop->letters = g_ptr_array_new_with_free_func (gpo_kept_letter_free);
  return maildrop;
}

void
gpo_maildrop_free (GpoMaildrop *maildrop)
{
  g_ptr_array_unref (maildrop->letters);
  g_free (maildrop);
}

GpoKeptLetter *
gpo_maildrop_find (GpoMaildrop *maildrop, const char *id)
{
  for (guint i = 0; i < maildrop->letters->len; i++)
    if (g_strcmp0 (((GpoKeptLetter *) maildrop->letters->pdata[i])->id, id) == 0)
      return maildrop->letters->pdata[i];
  return NULL;
}

GpoReaderAnswer *
gpo_maildrop_answer (GpoMaildrop *maildrop, const GpoReaderTask *task)
{
  GpoKeptLetter *kept = task->key ? gpo_maildrop_find (maildrop, task->key) : NULL;
  switch (task->ask)
    {
    case GPO_READER_FILE:
    case GPO_READER_SAVE:
    case GPO_READER_CREATE:
      return gpo_reader_answer_new (
          g_strdup ("POP3 knows no folders: read by IMAP, or straight from the Maildir, to file letters"));
    case GPO_READER_LETTER:
    case GPO_READER_FLAG:
      if (!kept || !kept->letter)
        return gpo_reader_answer_new (
            g_strdup ("this letter was not fetched, or is gone: check for mail again"));
      break;
    default:
      return NULL;
    }
  GpoReaderAnswer *answer = gpo_reader_answer_new (NULL);
  if (task->ask == GPO_READER_FLAG)
    kept->flags = task->on ? kept->flags | task->flags : kept->flags & ~task->flags;
  else
    {
      kept->flags |= GPO_FLAG_SEEN;
      answer->letter = g_bytes_ref (kept->letter);
    }
  return answer;
}

void
gpo_maildrop_add_rows (GpoMaildrop *maildrop, const char *words, GpoReaderAnswer *answer)
{
  for (guint i = 0; i < maildrop->letters->len; i++)
    {
      GpoKeptLetter *kept = maildrop->letters->pdata[i];
      gsize length;
      const char *bytes = kept->letter ? g_bytes_get_data (kept->letter, &length) : NULL;
      if (!bytes)
        continue;
      g_autoptr (GpoReading) reading = words && *words ? gpo_reading_new (bytes, length) : NULL;
      if (reading && !gpo_reading_has (reading, words))
        continue;
      GpoReaderRow *row = gpo_reader_answer_add (answer, kept->id, bytes, length);
      row->flags = kept->flags;
      row->size = length;
    }
}

void
gpo_maildrop_add_inbox (GpoMaildrop *maildrop, GpoReaderAnswer *answer)
{
  GpoReaderFolder *inbox = gpo_reader_answer_add_folder (answer, "INBOX");
  for (guint i = 0; i < maildrop->letters->len; i++)
    {
      GpoKeptLetter *kept = maildrop->letters->pdata[i];
      inbox->messages++;
      inbox->unseen += !(kept->flags & GPO_FLAG_SEEN);
    }
}

/* SPDX-License-Identifier: MIT */
/* reader.c: tasks and answers as plain data. */
#include "roles/reader.h"

GpoReaderTask *
gpo_reader_task_new (GpoReaderAsk ask, const char *folder, const char *key)
{
  GpoReaderTask *task = g_new0 (GpoReaderTask, 1);
  task->ask = ask;
  task->folder = g_strdup (folder);
  task->key = g_strdup (key);
  return task;
}

void
gpo_reader_task_free (GpoReaderTask *task)
{
  g_free (task->folder);
  g_free (task->key);
  g_free (task->to);
  g_free (task->text);
  g_clear_pointer (&task->bytes, g_bytes_unref);
  g_free (task);
}

static void
folder_free (gpointer data)
{
  GpoReaderFolder *folder = data;
  g_free (folder->name);
  g_free (folder);
}

static void
row_free (gpointer data)
{
  GpoReaderRow *row = data;
  g_free (row->key);
  gpo_summary_clear (&row->summary);
  g_free (row);
}

GpoReaderAnswer *
gpo_reader_answer_new (char *problem)
{
  GpoReaderAnswer *answer = g_new0 (GpoReaderAnswer, 1);
  answer->problem = problem;
  return answer;
}

void
gpo_reader_answer_free (GpoReaderAnswer *answer)
{
  g_clear_pointer (&answer->folders, g_ptr_array_unref);
  g_clear_pointer (&answer->rows, g_ptr_array_unref);
  g_clear_pointer (&answer->letter, g_bytes_unref);
  g_free (answer->problem);
  g_free (answer);
}

GpoReaderRow *
gpo_reader_answer_add (GpoReaderAnswer *answer, const char *key, const char *header, gsize length)
{
  GpoReaderRow *row = g_new0 (GpoReaderRow, 1);
  row->key = g_strdup (key);
  gpo_summary_init (&row->summary, header, length);
  if (!answer->rows)
    answer->rows = g_ptr_array_new_with_free_func (row_free);
  g_ptr_array_add (answer->rows, row);
  return row;
}

GpoReaderFolder *
gpo_reader_answer_add_folder (GpoReaderAnswer *answer, const char *name)
{
  GpoReaderFolder *folder = g_new0 (GpoReaderFolder, 1);
  folder->name = g_strdup (name);
  folder->selectable = TRUE;
  if (!answer->folders)
    answer->folders = g_ptr_array_new_with_free_func (folder_free);
  g_ptr_array_add (answer->folders, folder);
  return folder;
}

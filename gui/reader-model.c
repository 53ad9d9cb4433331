/* SPDX-License-Identifier: MIT */
/* reader-model.c: questions to the mail reader, and what the answers change.
 *
 * Answers come in the order of the questions, so what was asked waits in a queue beside it. Another person or
 * way is another mail reader; what the old one was asked is forgotten with it. */
#include "reader-model-private.h"
#include "i18n.h"
#include "store/mailbox.h"
#include <string.h>

typedef struct
{
  GpoReaderAsk ask;
  char *key;
} Asked;

G_DEFINE_FINAL_TYPE (GpoReaderModel, gpo_reader_model, G_TYPE_OBJECT)

static guint changed_signal;

void
gpo_reader_model_changed (GpoReaderModel *model)
{
  g_signal_emit (model, changed_signal, 0);
}

void
gpo_reader_model_say (GpoReaderModel *model, gboolean problem, char *words)
{
  g_free (model->words);
  model->words = words;
  model->problem = problem;
}

static void
asked_free (gpointer data)
{
  Asked *asked = data;
  g_free (asked->key);
  g_free (asked);
}

static void
forget_letter (GpoReaderModel *model)
{
  g_clear_pointer (&model->key, g_free);
  g_clear_pointer (&model->bytes, g_bytes_unref);
  g_clear_pointer (&model->reading, gpo_reading_free);
}

/* --- questions --- */

static void on_answer (GpoReaderAnswer *answer, gpointer data);

void
gpo_reader_model_ask (GpoReaderModel *model, GpoReaderTask *task)
{
  Asked *asked = g_new (Asked, 1);
  *asked = (Asked){ task->ask, g_strdup (task->key) };
  g_queue_push_tail (&model->asked, asked);
  gpo_mail_reader_ask (model->reader, task, on_answer, model);
}

static void
ask_for_list (GpoReaderModel *model)
{
  GpoReaderTask *task = gpo_reader_task_new (GPO_READER_LIST, model->folder, NULL);
  task->text = g_strdup (model->search);
  gpo_reader_model_ask (model, task);
}

void
gpo_reader_model_check (GpoReaderModel *model)
{
  if (!model->reader)
    return;
  model->stale = FALSE;
  ask_for_list (model); /* POP3 knows how much there is when it has looked */
  gpo_reader_model_ask (model, gpo_reader_task_new (GPO_READER_FOLDERS, NULL, NULL));
  gpo_reader_model_changed (model);
}

/* The server says by itself that the folder changed: asked for once, whatever number of news come. */
static void
on_news (gpointer data)
{
  GpoReaderModel *model = data;
  if (g_queue_is_empty (&model->asked))
    gpo_reader_model_check (model);
  else
    model->stale = TRUE;
}

/* --- answers --- */

static void
take_rows (GpoReaderModel *model, GPtrArray *rows)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = rows ? rows->len : 0; i > 0; i--)
    g_ptr_array_add (items, gpo_reader_item_new (rows->pdata[i - 1]));
  g_list_store_splice (model->letters, 0, g_list_model_get_n_items (G_LIST_MODEL (model->letters)),
                       items->pdata, items->len);
}

static void
take_folders (GpoReaderModel *model, GpoReaderAnswer *answer)
{
  g_clear_pointer (&model->folders, g_ptr_array_unref);
  model->folders = g_steal_pointer (&answer->folders);
}

static GpoReaderItem *
find_item (GpoReaderModel *model, const char *key, guint *where)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (model->letters));
  for (*where = 0; key && *where < n; (*where)++)
    {
      g_autoptr (GpoReaderItem) item = g_list_model_get_item (G_LIST_MODEL (model->letters), *where);
      if (strcmp (gpo_reader_item_get_key (item), key) == 0)
        return item; /* the list keeps it */
    }
  return NULL;
}

static void
count_seen (GpoReaderModel *model)
{
  for (guint i = 0; model->folders && i < model->folders->len; i++)
    {
      GpoReaderFolder *folder = model->folders->pdata[i];
      if (g_strcmp0 (folder->name, model->folder) == 0 && folder->unseen)
        folder->unseen--;
    }
}

void
gpo_reader_model_set_flags (GpoReaderModel *model, const char *key, guint32 flags, gboolean on)
{
  guint where;
  GpoReaderItem *item = find_item (model, key, &where);
  if (!item)
    return;
  guint32 old = gpo_reader_item_get_flags (item);
  if (on && (flags & ~old & GPO_FLAG_SEEN))
    count_seen (model);
  gpo_reader_item_set_flags (item, on ? old | flags : old & ~flags);
  g_object_ref (item);
  g_list_store_splice (model->letters, where, 1, (gpointer *) &item, 1);
  g_object_unref (item);
}

static void
take_letter (GpoReaderModel *model, const char *key, GBytes *letter)
{
  if (g_strcmp0 (key, model->key) != 0 || !letter)
    return; /* another one was opened meanwhile */
  gsize length;
  const char *bytes = g_bytes_get_data (letter, &length);
  g_clear_pointer (&model->bytes, g_bytes_unref);
  g_clear_pointer (&model->reading, gpo_reading_free);
  model->bytes = g_bytes_ref (letter);
  model->reading = gpo_reading_new (bytes, length);
  gpo_reader_model_set_flags (model, key, GPO_FLAG_SEEN, TRUE);
}

static char *
rest_words (GpoReaderModel *model)
{
  static const char *const ways[]
      = { N_ ("read by IMAP"), N_ ("fetched by POP3: the reader keeps them itself"),
          N_ ("read straight from the Maildir, without any protocol") };
  guint n = g_list_model_get_n_items (G_LIST_MODEL (model->letters));
  g_autofree char *count = g_strdup_printf (ngettext ("%u letter", "%u letters", n), n);
  return g_strdup_printf ("%s · %s", count, _ (ways[model->way]));
}

static void
take_done (GpoReaderModel *model, const Asked *asked)
{
  gboolean moved = asked->ask == GPO_READER_FILE || asked->ask == GPO_READER_REMOVE;
  if (moved && g_strcmp0 (asked->key, model->key) == 0)
    forget_letter (model);
  if (moved)
    gpo_reader_model_check (model);
  else if (asked->ask == GPO_READER_CREATE || asked->ask == GPO_READER_SAVE)
    gpo_reader_model_ask (model, gpo_reader_task_new (GPO_READER_FOLDERS, NULL, NULL));
}

static void
on_answer (GpoReaderAnswer *answer, gpointer data)
{
  GpoReaderModel *model = data;
  Asked *asked = g_queue_pop_head (&model->asked);
  if (answer->problem)
    gpo_reader_model_say (model, TRUE, g_strdup (answer->problem));
  else if (asked->ask == GPO_READER_LIST)
    take_rows (model, answer->rows);
  else if (asked->ask == GPO_READER_FOLDERS)
    take_folders (model, answer);
  else if (asked->ask == GPO_READER_LETTER)
    take_letter (model, asked->key, answer->letter);
  else
    take_done (model, asked);
  if (!answer->problem && asked->ask == GPO_READER_LIST && !model->sendings->len)
    gpo_reader_model_say (model, FALSE, rest_words (model));
  asked_free (asked);
  gpo_reader_answer_free (answer);
  if (model->stale && g_queue_is_empty (&model->asked))
    gpo_reader_model_check (model);
  gpo_reader_model_changed (model);
}

/* --- who reads --- */

void
gpo_reader_model_close (GpoReaderModel *model)
{
  g_clear_pointer (&model->reader, gpo_mail_reader_free);
  g_queue_clear_full (&model->asked, asked_free);
  g_ptr_array_set_size (model->sendings, 0);
}

void
gpo_reader_model_open (GpoReaderModel *model, const GpoPerson *person, GpoReaderWay way, gboolean encrypt)
{
  gboolean same = person == model->person;
  gpo_reader_model_close (model);
  forget_letter (model);
  g_list_store_remove_all (model->letters);
  g_clear_pointer (&model->folders, g_ptr_array_unref);
  if (!same || way == GPO_WAY_POP3)
    {
      g_free (model->folder);
      model->folder = g_strdup ("INBOX");
    }
  if (!same)
    g_clear_pointer (&model->search, g_free);
  model->person = person;
  model->way = way;
  model->encrypt = encrypt;
  model->reader = gpo_mail_reader_new (model->office, person, way, encrypt, on_news, model);
  gpo_reader_model_say (model, FALSE, g_strdup (_ ("Asking…")));
  gpo_reader_model_check (model);
}

void
gpo_reader_model_open_folder (GpoReaderModel *model, const char *name)
{
  if (!model->reader || g_strcmp0 (name, model->folder) == 0)
    return;
  char *folder = g_strdup (name);
  g_free (model->folder);
  model->folder = folder;
  forget_letter (model);
  g_list_store_remove_all (model->letters);
  ask_for_list (model);
  gpo_reader_model_changed (model);
}

void
gpo_reader_model_search (GpoReaderModel *model, const char *text)
{
  if (!model->reader || g_strcmp0 (text, model->search ? model->search : "") == 0)
    return;
  g_free (model->search);
  model->search = g_strdup (text);
  ask_for_list (model);
  gpo_reader_model_changed (model);
}

void
gpo_reader_model_open_letter (GpoReaderModel *model, const char *key)
{
  if (!model->reader || g_strcmp0 (key, model->key) == 0)
    return;
  forget_letter (model);
  if (key)
    {
      model->key = g_strdup (key);
      gpo_reader_model_ask (model, gpo_reader_task_new (GPO_READER_LETTER, model->folder, key));
    }
  gpo_reader_model_changed (model);
}

/* --- what is done with it --- */

void
gpo_reader_model_flag (GpoReaderModel *model, guint32 flags, gboolean on)
{
  if (!model->key)
    return;
  GpoReaderTask *task = gpo_reader_task_new (GPO_READER_FLAG, model->folder, model->key);
  task->flags = flags;
  task->on = on;
  gpo_reader_model_ask (model, task);
  gpo_reader_model_set_flags (model, model->key, flags, on);
  gpo_reader_model_changed (model);
}

void
gpo_reader_model_file (GpoReaderModel *model, const char *folder)
{
  if (!model->key)
    return;
  GpoReaderTask *task = gpo_reader_task_new (GPO_READER_FILE, model->folder, model->key);
  task->to = g_strdup (folder);
  gpo_reader_model_ask (model, task);
  gpo_reader_model_changed (model);
}

void
gpo_reader_model_remove (GpoReaderModel *model)
{
  if (!model->key)
    return;
  gpo_reader_model_ask (model, gpo_reader_task_new (GPO_READER_REMOVE, model->folder, model->key));
  gpo_reader_model_changed (model);
}

void
gpo_reader_model_create_folder (GpoReaderModel *model, const char *name)
{
  if (model->reader && *name)
    gpo_reader_model_ask (model, gpo_reader_task_new (GPO_READER_CREATE, name, NULL));
  gpo_reader_model_changed (model);
}

/* --- what is asked --- */

GPtrArray *
gpo_reader_model_get_persons (GpoReaderModel *model)
{
  return model->persons;
}

const GpoPerson *
gpo_reader_model_get_person (GpoReaderModel *model)
{
  return model->person;
}

GpoReaderWay
gpo_reader_model_get_way (GpoReaderModel *model)
{
  return model->way;
}

gboolean
gpo_reader_model_get_encrypt (GpoReaderModel *model)
{
  return model->encrypt;
}

GPtrArray *
gpo_reader_model_get_folders (GpoReaderModel *model)
{
  return model->folders;
}

const char *
gpo_reader_model_get_folder (GpoReaderModel *model)
{
  return model->folder;
}

GListModel *
gpo_reader_model_get_letters (GpoReaderModel *model)
{
  return G_LIST_MODEL (model->letters);
}

const char *
gpo_reader_model_get_key (GpoReaderModel *model)
{
  return model->key;
}

const GpoReading *
gpo_reader_model_get_reading (GpoReaderModel *model)
{
  return model->reading;
}

GBytes *
gpo_reader_model_get_bytes (GpoReaderModel *model)
{
  return model->bytes;
}

guint32
gpo_reader_model_get_flags (GpoReaderModel *model)
{
  guint where;
  GpoReaderItem *item = find_item (model, model->key, &where);
  return item ? gpo_reader_item_get_flags (item) : 0;
}

const char *
gpo_reader_model_get_words (GpoReaderModel *model)
{
  return model->words ? model->words : "";
}

gboolean
gpo_reader_model_has_problem (GpoReaderModel *model)
{
  return model->problem;
}

gboolean
gpo_reader_model_get_busy (GpoReaderModel *model)
{
  return model->sendings->len || !g_queue_is_empty (&model->asked);
}

/* --- the object --- */

static void
gpo_reader_model_finalize (GObject *object)
{
  GpoReaderModel *model = GPO_READER_MODEL (object);
  gpo_reader_model_close (model);
  forget_letter (model);
  g_ptr_array_unref (model->persons);
  g_ptr_array_unref (model->sendings);
  g_clear_pointer (&model->folders, g_ptr_array_unref);
  g_clear_object (&model->letters);
  g_free (model->folder);
  g_free (model->search);
  g_free (model->words);
  G_OBJECT_CLASS (gpo_reader_model_parent_class)->finalize (object);
}

static void
gpo_reader_model_class_init (GpoReaderModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_reader_model_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
gpo_reader_model_init (GpoReaderModel *model)
{
  model->letters = g_list_store_new (GPO_TYPE_READER_ITEM);
  model->persons = g_ptr_array_new ();
  model->sendings = gpo_reader_sendings_new ();
  model->folder = g_strdup ("INBOX");
}

static int
by_login (gconstpointer a, gconstpointer b)
{
  const GpoPerson *x = *(GpoPerson **) a, *y = *(GpoPerson **) b;
  int order = strcmp (x->login, y->login);
  return order ? order : strcmp (x->host->name, y->host->name);
}

GpoReaderModel *
gpo_reader_model_new (GpoOffice *office)
{
  GpoReaderModel *model = g_object_new (GPO_TYPE_READER_MODEL, NULL);
  const GpoWorld *world = gpo_office_world (office);
  model->office = office;
  for (guint i = 0; i < world->hosts->len; i++)
    {
      GHashTableIter iter;
      gpointer person;
      g_hash_table_iter_init (&iter, ((GpoHost *) world->hosts->pdata[i])->persons);
      while (g_hash_table_iter_next (&iter, NULL, &person))
        g_ptr_array_add (model->persons, person);
    }
  g_ptr_array_sort (model->persons, by_login);
  return model;
}

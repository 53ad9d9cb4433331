/* SPDX-License-Identifier: MIT */
/* reader-actions.c: what can be done in the reader: win.read-…, with a menu of it. */
#include "i18n.h"
#include "reader-private.h"
#include "store/mailbox.h"

static void
on_check (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_reader_model_check (GPO_READER_VIEW (data)->model);
}

static void
on_way (GSimpleAction *action, GVariant *state, gpointer data)
{
  GpoReaderModel *model = GPO_READER_VIEW (data)->model;
  const char *name = g_variant_get_string (state, NULL);
  for (guint way = 0; way < GPO_N_WAYS; way++)
    if (g_str_equal (name, gpo_reader_way_name ((GpoReaderWay) way)) && gpo_reader_model_get_person (model))
      gpo_reader_model_open (model, gpo_reader_model_get_person (model), (GpoReaderWay) way,
                             gpo_reader_model_get_encrypt (model));
}

static void
on_encrypt (GSimpleAction *action, GVariant *state, gpointer data)
{
  GpoReaderModel *model = GPO_READER_VIEW (data)->model;
  if (gpo_reader_model_get_person (model))
    gpo_reader_model_open (model, gpo_reader_model_get_person (model), gpo_reader_model_get_way (model),
                           g_variant_get_boolean (state));
}

/* --- writing --- */

static void
write_letter (GpoReaderView *view, GpoDraft *draft, const char *answers)
{
  if (view->compose)
    {
      gtk_window_present (GTK_WINDOW (view->compose));
      gpo_draft_clear (draft);
      return;
    }
  view->compose = gpo_compose_window_new (GTK_WINDOW (view->window), view->model, draft, answers);
  g_object_add_weak_pointer (G_OBJECT (view->compose), (gpointer *) &view->compose);
  gtk_window_present (GTK_WINDOW (view->compose));
}

static void
on_write (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoReaderView *view = data;
  GpoDraft draft = { 0 };
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "reader");
  write_letter (view, &draft, NULL);
}

static void
reply (GpoReaderView *view, gboolean all)
{
  GpoDraft draft = { 0 };
  gsize length;
  const char *bytes = g_bytes_get_data (gpo_reader_model_get_bytes (view->model), &length);
  g_autofree char *sender = gpo_reader_model_sender (view->model), *self = gpo_address_of (sender);
  gpo_draft_reply (&draft, bytes, length, all, self);
  write_letter (view, &draft, gpo_reader_model_get_key (view->model));
}

static void
on_reply (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  reply (data, FALSE);
}

static void
on_reply_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  reply (data, TRUE);
}

GpoComposeWindow *
gpo_reader_view_get_compose (GpoReaderView *view)
{
  return view->compose;
}

/* --- the letter opened --- */

static void
on_flag (GSimpleAction *action, GVariant *state, gpointer data)
{
  gpo_reader_model_flag (GPO_READER_VIEW (data)->model, GPO_FLAG_FLAGGED, g_variant_get_boolean (state));
}

static void
on_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_reader_model_file (GPO_READER_VIEW (data)->model, g_variant_get_string (parameter, NULL));
}

static void
on_file_menu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GPO_READER_VIEW (data)->file);
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_reader_model_remove (GPO_READER_VIEW (data)->model);
}

/* --- a copy as a file --- */

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GpoReaderView) view = data;
  g_autoptr (GError) error = NULL;
  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error) && view->model)
    gpo_window_show_problem (view->window, error->message);
}

static void
on_save_chosen (GtkNativeDialog *dialog, int response, GpoReaderView *view)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  if (file)
    g_file_replace_contents_bytes_async (file, g_object_get_data (G_OBJECT (dialog), "bytes"), NULL, FALSE,
                                         G_FILE_CREATE_NONE, NULL, on_written, g_object_ref (view));
  g_object_unref (dialog);
}

void
gpo_reader_view_save (GpoReaderView *view, const char *name, GBytes *bytes)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save a Copy"), GTK_WINDOW (view->window),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "bytes", g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_save_chosen), view, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoReaderView *view = data;
  const GpoReading *reading = gpo_reader_model_get_reading (view->model);
  g_autofree char *name
      = g_strdup_printf ("%s.eml", *reading->summary.subject ? reading->summary.subject : "letter");
  g_strdelimit (name, "/\\\n\r", '_');
  gpo_reader_view_save (view, name, gpo_reader_model_get_bytes (view->model));
}

/* --- where one is --- */

/* The next letter of the list, or the one before; the first if none is open. */
static void
on_go (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoReaderView *view = data;
  GListModel *letters = gpo_reader_model_get_letters (view->model);
  guint n = g_list_model_get_n_items (letters), at = gtk_single_selection_get_selected (view->selection);
  gboolean back = g_str_equal (g_variant_get_string (parameter, NULL), "previous");
  if (n == 0)
    return;
  guint to = at >= n ? 0 : back ? (at ? at - 1 : 0) : MIN (at + 1, n - 1);
  gtk_single_selection_set_selected (view->selection, to);
  gtk_widget_activate_action (GTK_WIDGET (view->letters), "list.scroll-to-item", "u", to);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoReaderView *view = data;
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "reader");
  gtk_widget_grab_focus (GTK_WIDGET (view->search));
}

static void
on_person (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoReaderView *view = data;
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "reader");
  gtk_widget_grab_focus (GTK_WIDGET (view->person));
}

static void
on_new_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GPO_READER_VIEW (data)->new_folder);
}

static const GActionEntry actions[] = {
  { "read-check", on_check, NULL, NULL, NULL },
  { "read-way", NULL, "s", "'imap'", on_way },
  { "read-encrypt", NULL, NULL, "false", on_encrypt },
  { "read-write", on_write, NULL, NULL, NULL },
  { "read-reply", on_reply, NULL, NULL, NULL },
  { "read-reply-all", on_reply_all, NULL, NULL, NULL },
  { "read-flag", NULL, NULL, "false", on_flag },
  { "read-file", on_file, "s", NULL, NULL },
  { "read-file-menu", on_file_menu, NULL, NULL, NULL },
  { "read-remove", on_remove, NULL, NULL, NULL },
  { "read-save", on_save, NULL, NULL, NULL },
  { "read-go", on_go, "s", NULL, NULL }, /* next, previous */
  { "read-search", on_search, NULL, NULL, NULL },
  { "read-person", on_person, NULL, NULL, NULL },
  { "read-new-folder", on_new_folder, NULL, NULL, NULL },
};

static GAction *
lookup (GpoReaderView *view, const char *name)
{
  return g_action_map_lookup_action (G_ACTION_MAP (view->window), name);
}

void
gpo_reader_view_update_actions (GpoReaderView *view)
{
  static const char *const of_letter[] = { "read-reply",     "read-reply-all", "read-flag", "read-file",
                                           "read-file-menu", "read-remove",    "read-save" };
  static const char *const of_person[] = { "read-check", "read-write" };
  gboolean opened = gpo_reader_model_get_reading (view->model) != NULL;
  gboolean somebody = gpo_reader_model_get_person (view->model) != NULL;
  gboolean folders = gpo_reader_model_get_way (view->model) != GPO_WAY_POP3;
  for (guint i = 0; i < G_N_ELEMENTS (of_letter); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (lookup (view, of_letter[i])), opened);
  for (guint i = 0; i < G_N_ELEMENTS (of_person); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (lookup (view, of_person[i])), somebody);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (lookup (view, "read-new-folder")), somebody && folders);
  gtk_widget_set_sensitive (GTK_WIDGET (view->new_folder), somebody && folders);
  gtk_widget_set_sensitive (GTK_WIDGET (view->file), folders);
  g_simple_action_set_state (
      G_SIMPLE_ACTION (lookup (view, "read-flag")),
      g_variant_new_boolean (gpo_reader_model_get_flags (view->model) & GPO_FLAG_FLAGGED));
  g_simple_action_set_state (
      G_SIMPLE_ACTION (lookup (view, "read-way")),
      g_variant_new_string (gpo_reader_way_name (gpo_reader_model_get_way (view->model))));
  g_simple_action_set_state (G_SIMPLE_ACTION (lookup (view, "read-encrypt")),
                             g_variant_new_boolean (gpo_reader_model_get_encrypt (view->model)));
}

static void
add_menu (GpoReaderView *view)
{
  static const struct
  {
    const char *label, *action;
  } entries[] = { { N_ ("_Write a Letter…"), "win.read-write" },
                  { N_ ("_Reply…"), "win.read-reply" },
                  { N_ ("Reply to _All…"), "win.read-reply-all" },
                  { N_ ("_Flag"), "win.read-flag" },
                  { N_ ("F_ile to a Folder…"), "win.read-file-menu" },
                  { N_ ("_Save a Copy…"), "win.read-save" },
                  { N_ ("Re_move"), "win.read-remove" },
                  { N_ ("_New Folder…"), "win.read-new-folder" },
                  { N_ ("Ne_xt Letter"), "win.read-go::next" },
                  { N_ ("Previous _Letter"), "win.read-go::previous" },
                  { N_ ("_Check for Mail"), "win.read-check" },
                  { N_ ("Searc_h"), "win.read-search" },
                  { N_ ("Whose _Mail"), "win.read-person" },
                  { N_ ("By _IMAP"), "win.read-way::imap" },
                  { N_ ("By _POP3"), "win.read-way::pop3" },
                  { N_ ("From the Mail_dir"), "win.read-way::maildir" },
                  { N_ ("With _TLS"), "win.read-encrypt" } };
  g_autoptr (GMenu) menu = g_menu_new ();
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_menu_append (menu, _ (entries[i].label), entries[i].action);
  gpo_window_add_menu (view->window, _ ("Reade_r"), G_MENU_MODEL (menu));
}

void
gpo_reader_view_add_actions (GpoReaderView *view)
{
  g_action_map_add_action_entries (G_ACTION_MAP (view->window), actions, G_N_ELEMENTS (actions), view);
  gpo_reader_view_update_actions (view);
  add_menu (view);
}

/* SPDX-License-Identifier: MIT */
/* export-actions.c: copying and saving what is seen. */
#include "export.h"
#include "i18n.h"
#include <string.h>

static const struct
{
  const char *ending, *label;
} formats[] = {
  { "svg", N_ ("_SVG Picture…") }, { "png", N_ ("_PNG Picture…") },        { "pdf", N_ ("P_DF…") },
  { "txt", N_ ("Plain _Text…") },  { "mmd", N_ ("Ladder for _Mermaid…") },
};

/* Somebody who marked words wants those. */
static gboolean
copies_itself (GtkWidget *focus)
{
  int start, end;
  if (!focus)
    return FALSE;
  if (GTK_IS_LABEL (focus) && !gtk_label_get_selection_bounds (GTK_LABEL (focus), &start, &end))
    return FALSE;
  return (GTK_IS_LABEL (focus) || GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus))
         && gtk_widget_activate_action (focus, "clipboard.copy", NULL);
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (copies_itself (gtk_window_get_focus (window)))
    return;
  g_autofree char *text = gpo_export_chosen (window, gpo_window_get_shown (window));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (window), text);
}

static void
on_copy_picture (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  g_autoptr (GError) error = NULL;
  const char *pane = gpo_window_get_shown (window);
  g_autoptr (GBytes) bytes = gpo_export_pane (window, pane, GPO_EXPORT_PNG, &error);
  g_autoptr (GdkTexture) texture = bytes ? gdk_texture_new_from_bytes (bytes, &error) : NULL;
  if (texture)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (window), texture);
  else
    gpo_window_show_problem (window, error->message);
}

/* --- files --- */

static void
save (GpoWindow *window, int format, const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *pane = gpo_window_get_shown (window);
  g_autoptr (GBytes) bytes = gpo_export_pane (window, pane, (GpoExportFormat) format, &error);
  gsize size;
  const char *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  if (!bytes || !g_file_set_contents (path, data, (gssize) size, &error))
    gpo_window_show_problem (window, error->message);
}

static void
on_export_to (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const char *ending, *path;
  g_variant_get (parameter, "(&s&s)", &ending, &path);
  int format = gpo_export_from_ending (ending);
  if (format >= 0)
    save (window, format, path);
}

static void
on_response (GtkNativeDialog *dialog, int response, GpoWindow *window)
{
  int format = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "format"));
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  if (path)
    save (window, format, path);
  else if (file)
    gpo_window_show_problem (window, _ ("That place is not on this computer"));
  g_object_unref (dialog);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const char *ending = g_variant_get_string (parameter, NULL);
  int format = gpo_export_from_ending (ending);
  g_autofree char *name = g_strconcat (gpo_window_get_shown (window), ".", ending, NULL);
  if (format < 0)
    return;
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Export the View"), window, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data (G_OBJECT (dialog), "format", GINT_TO_POINTER (format));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), window, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static const GActionEntry actions[] = {
  { "copy", on_copy, NULL, NULL, NULL },
  { "copy-picture", on_copy_picture, NULL, NULL, NULL },
  { "export", on_export, "s", NULL, NULL },
  { "export-to", on_export_to, "(ss)", NULL, NULL },
};

void
gpo_export_attach (GpoWindow *window)
{
  g_autoptr (GMenu) menu = g_menu_new (), copy = g_menu_new (), save_as = g_menu_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_menu_append (copy, _ ("_Copy What is Chosen"), "win.copy");
  g_menu_append (copy, _ ("Copy as P_icture"), "win.copy-picture");
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *action = g_strconcat ("win.export::", formats[i].ending, NULL);
      g_menu_append (save_as, _ (formats[i].label), action);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (copy));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (save_as));
  gpo_window_add_menu (window, _ ("_Copy and Export"), G_MENU_MODEL (menu));
}

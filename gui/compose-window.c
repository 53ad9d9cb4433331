/* SPDX-License-Identifier: MIT */
/* compose-window.c: entries, a text, files; Ctrl+Enter sends, Escape lets it be. */
#include "compose-window.h"
#include "i18n.h"
#include "send-key.h"

struct _GpoComposeWindow
{
  GtkWindow parent_instance;
  GtkLabel *from, *files, *problem;
  GtkEditable *to, *cc, *bcc, *subject;
  GtkTextView *text;
  GtkDropDown *way;
  GpoReaderModel *model;
  GpoDraft draft; /* what no entry shows: whom it answers, files */
  char *answers;
};

G_DEFINE_FINAL_TYPE (GpoComposeWindow, gpo_compose_window, GTK_TYPE_WINDOW)

/* --- fields --- */

static GtkEditable *
entry_of (GpoComposeWindow *window, const char *field)
{
  return g_str_equal (field, "to")    ? window->to
         : g_str_equal (field, "cc")  ? window->cc
         : g_str_equal (field, "bcc") ? window->bcc
                                      : window->subject;
}

void
gpo_compose_window_set (GpoComposeWindow *window, const char *field, const char *text)
{
  if (g_str_equal (field, "text"))
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (window->text), text ? text : "", -1);
  else
    gtk_editable_set_text (entry_of (window, field), text ? text : "");
}

char *
gpo_compose_window_dup (GpoComposeWindow *window, const char *field)
{
  if (!g_str_equal (field, "text"))
    return g_strdup (gtk_editable_get_text (entry_of (window, field)));
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (window->text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

const char *
gpo_compose_window_get_problem (GpoComposeWindow *window)
{
  return gtk_label_get_text (window->problem);
}

static void
show_problem (GpoComposeWindow *window, const char *text)
{
  gtk_label_set_text (window->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (window->problem), *text);
}

/* --- files --- */

static void
show_files (GpoComposeWindow *window)
{
  g_autoptr (GString) text = g_string_new (_ ("Attached: "));
  guint n = window->draft.attachments ? window->draft.attachments->len : 0;
  for (guint i = 0; i < n; i++)
    {
      const GpoAttachment *file = window->draft.attachments->pdata[i];
      g_autofree char *size = g_format_size (g_bytes_get_size (file->bytes));
      g_string_append_printf (text, "%s%s (%s, %s)", i ? ", " : "", file->name, file->type, size);
    }
  gtk_label_set_text (window->files, text->str);
  gtk_widget_set_visible (GTK_WIDGET (window->files), n > 0);
}

void
gpo_compose_window_attach (GpoComposeWindow *window, const char *name, const char *type, GBytes *bytes)
{
  gpo_draft_attach (&window->draft, name, type, bytes);
  show_files (window);
}

void
gpo_compose_window_set_uuencode (GpoComposeWindow *window, gboolean uuencode)
{
  gtk_drop_down_set_selected (window->way, uuencode ? 1 : 0);
}

static void
on_loaded (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GpoComposeWindow) window = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (object), result, NULL, &error);
  g_autofree char *name = g_file_get_basename (G_FILE (object));
  if (!bytes)
    {
      show_problem (window, error->message);
      return;
    }
  gsize length;
  const guchar *start = g_bytes_get_data (bytes, &length);
  g_autofree char *content = g_content_type_guess (name, start, MIN (length, 1024), NULL);
  g_autofree char *type = g_content_type_get_mime_type (content);
  gpo_compose_window_attach (window, name, type ? type : "application/octet-stream", bytes);
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, GpoComposeWindow *window)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  if (file)
    g_file_load_bytes_async (file, NULL, on_loaded, g_object_ref (window));
  g_object_unref (dialog);
}

static void
on_attach (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Attach a File"), GTK_WINDOW (widget),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- sending --- */

void
gpo_compose_window_send (GpoComposeWindow *window)
{
  g_autofree char *problem = NULL;
  GpoDraft *draft = &window->draft;
  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  g_free (draft->subject);
  g_free (draft->text);
  g_free (draft->from);
  draft->from = gpo_reader_model_sender (window->model);
  draft->to = gpo_compose_window_dup (window, "to");
  draft->cc = gpo_compose_window_dup (window, "cc");
  draft->bcc = gpo_compose_window_dup (window, "bcc");
  draft->subject = gpo_compose_window_dup (window, "subject");
  draft->text = gpo_compose_window_dup (window, "text");
  draft->uuencode = gtk_drop_down_get_selected (window->way) == 1;
  if (gpo_reader_model_send (window->model, draft, window->answers, &problem))
    gtk_window_destroy (GTK_WINDOW (window));
  else
    show_problem (window, problem);
}

static void
on_send (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gpo_compose_window_send (GPO_COMPOSE_WINDOW (widget));
}

static gboolean
on_send_key (GtkWidget *text, GVariant *arguments, gpointer window)
{
  gpo_compose_window_send (window);
  return TRUE;
}

/* --- the object --- */

static void
gpo_compose_window_dispose (GObject *object)
{
  GpoComposeWindow *window = GPO_COMPOSE_WINDOW (object);
  gpo_draft_clear (&window->draft);
  g_clear_pointer (&window->answers, g_free);
  g_clear_object (&window->model);
  G_OBJECT_CLASS (gpo_compose_window_parent_class)->dispose (object);
}

static void
gpo_compose_window_class_init (GpoComposeWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_compose_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/compose-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, from);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, to);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, cc);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, bcc);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, subject);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, text);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, way);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, files);
  gtk_widget_class_bind_template_child (widget_class, GpoComposeWindow, problem);
  gtk_widget_class_install_action (widget_class, "compose.send", NULL, on_send);
  gtk_widget_class_install_action (widget_class, "compose.attach", NULL, on_attach);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "compose.send", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK, "compose.attach", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gpo_compose_window_init (GpoComposeWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  gpo_send_key_add (window->text, on_send_key, window);
}

GpoComposeWindow *
gpo_compose_window_new (GtkWindow *parent, GpoReaderModel *model, GpoDraft *draft, const char *answers)
{
  GpoComposeWindow *window = g_object_new (GPO_TYPE_COMPOSE_WINDOW, "transient-for", parent, NULL);
  g_autofree char *from = gpo_reader_model_sender (model);
  window->model = g_object_ref (model);
  window->draft = *draft;
  window->answers = g_strdup (answers);
  *draft = (GpoDraft){ 0 };
  gtk_label_set_text (window->from, from);
  gpo_compose_window_set (window, "to", window->draft.to);
  gpo_compose_window_set (window, "cc", window->draft.cc);
  gpo_compose_window_set (window, "subject", window->draft.subject);
  gpo_compose_window_set (window, "text", window->draft.text);
  gtk_widget_grab_focus (window->draft.to && *window->draft.to ? GTK_WIDGET (window->text)
                                                               : GTK_WIDGET (window->to));
  return window;
}

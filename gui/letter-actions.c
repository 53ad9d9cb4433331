/* SPDX-License-Identifier: MIT */
/* letter-actions.c: what can be done in the letter view: win.letter-…
 *
 *   letter-tab      parts, bytes, hops
 *   letter-transfer earlier, later, newest
 *   letter-form     stored, wire, both; letter-hex
 *   letter-field    points at the first field of this name; letter-part chooses a part by its number
 *   letter-go       to the event that brought what is lit
 *   letter-save     the chosen part, decoded, where the reader says
 *   letter-all      reads all of a large letter                              */
#include "i18n.h"
#include "letter-pane.h"
#include <string.h>

static GpoRowsForm
form_named (const char *name)
{
  return strcmp (name, "wire") == 0   ? GPO_ROWS_WIRE
         : strcmp (name, "both") == 0 ? GPO_ROWS_BOTH
                                      : GPO_ROWS_STORED;
}

/* The view itself, whichever was seen before. */
static void
show_view (GpoLetterPane *pane, const char *tab)
{
  gtk_widget_activate_action (GTK_WIDGET (pane), "win.view", "s", "letter");
  gpo_letter_pane_set_tab (pane, tab);
}

static void
on_tab (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_view (data, g_variant_get_string (parameter, NULL));
}

static void
on_transfer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const GpoLetterFacts *facts = gpo_letter_pane_get_facts (data);
  const char *which = g_variant_get_string (parameter, NULL);
  if (!facts || facts->transfer < 0)
    return;
  if (strcmp (which, "newest") == 0)
    gpo_letter_pane_set_transfer (data, GPO_TRANSFER_NEWEST);
  else if (strcmp (which, "earlier") == 0)
    gpo_letter_pane_set_transfer (data, MAX (facts->transfer - 1, 0));
  else
    gpo_letter_pane_set_transfer (data, MIN (facts->transfer + 1, (gint) facts->transfers->len - 1));
}

static void
set_form (GpoLetterPane *pane)
{
  GtkWidget *window = gtk_widget_get_ancestor (GTK_WIDGET (pane), GTK_TYPE_WINDOW);
  g_autoptr (GVariant) form = g_action_group_get_action_state (G_ACTION_GROUP (window), "letter-form");
  g_autoptr (GVariant) hex = g_action_group_get_action_state (G_ACTION_GROUP (window), "letter-hex");
  gpo_letter_pane_set_form (pane, form_named (g_variant_get_string (form, NULL)),
                            g_variant_get_boolean (hex));
}

static void
on_form (GSimpleAction *action, GVariant *state, gpointer data)
{
  g_simple_action_set_state (action, state);
  set_form (data);
}

static void
on_go (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  guint64 event = gpo_letter_pane_get_event (data);
  if (event != G_MAXUINT64)
    gpo_cursor_set_n (gpo_letter_pane_get_cursor (data), event);
}

static void
on_field (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *name = g_variant_get_string (parameter, NULL);
  const GpoLetterFacts *facts = gpo_letter_pane_get_facts (data);
  for (guint i = 0; facts && i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (g_ascii_strcasecmp (field->name, name) != 0)
        continue;
      gpo_letter_pane_point (data, field->span.start);
      return;
    }
}

static void
on_part (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (gpo_letter_pane_get_facts (data))
    gpo_letter_pane_choose_part (data, (gint) MIN (g_variant_get_uint32 (parameter), G_MAXINT));
}

static void
on_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_letter_pane_read_all (data);
}

/* --- saving --- */

static void
complain (GtkNativeDialog *dialog, const GError *error)
{
  GtkWindow *parent = gtk_native_dialog_get_transient_for (dialog);
  GtkWidget *message
      = gtk_message_dialog_new (parent, GTK_DIALOG_MODAL | GTK_DIALOG_USE_HEADER_BAR, GTK_MESSAGE_ERROR,
                                GTK_BUTTONS_CLOSE, "%s", _ ("The part cannot be saved"));
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (message), "%s", error->message);
  g_signal_connect (message, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (message));
}

static void
on_chosen (GtkNativeDialog *dialog, int response, GBytes *content)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *bytes = g_bytes_get_data (content, &length);
  if (file
      && !g_file_replace_contents (file, bytes ? bytes : "", length, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                   NULL, &error))
    complain (dialog, error);
  g_object_unref (dialog);
}

static void
free_content (gpointer content, GClosure *closure)
{
  g_bytes_unref (content);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *name = NULL;
  GBytes *content = gpo_letter_pane_part_content (data, &name);
  if (!content)
    return;
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_ancestor (data, GTK_TYPE_WINDOW));
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save a Part"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_chosen), content, free_content, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
gpo_letter_actions_add (GpoLetterPane *pane, GpoWindow *window)
{
  static const GActionEntry actions[] = {
    { "letter-tab", on_tab, "s", NULL, NULL },         { "letter-transfer", on_transfer, "s", NULL, NULL },
    { "letter-form", NULL, "s", "'stored'", on_form }, { "letter-hex", NULL, NULL, "false", on_form },
    { "letter-field", on_field, "s", NULL, NULL },     { "letter-part", on_part, "u", NULL, NULL },
    { "letter-go", on_go, NULL, NULL, NULL },          { "letter-save", on_save, NULL, NULL, NULL },
    { "letter-all", on_all, NULL, NULL, NULL },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), pane);
}

/* SPDX-License-Identifier: MIT */
/* terminal-actions.c: calling and hanging up, STARTTLS, proofs, pasting: the terminal's keys, buttons and
 * menu. */
#include "i18n.h"
#include "terminal-private.h"
#include <string.h>

/* --- calling --- */

static gboolean
is_elsewhere (GpoTerminalView *view)
{
  return gtk_drop_down_get_selected (view->target)
         >= gpo_terminal_world_n_targets (gpo_terminal_model_get_world (view->model));
}

static void
on_target (GpoTerminalView *view)
{
  gtk_widget_set_visible (GTK_WIDGET (view->address), is_elsewhere (view));
  gtk_widget_set_visible (GTK_WIDGET (view->protocol), is_elsewhere (view));
}

static const char *
who_types (GpoTerminalView *view)
{
  return gpo_terminal_world_people (
      gpo_terminal_model_get_world (view->model))[gtk_drop_down_get_selected (view->who)];
}

/* Who types logs in, most often, as who she is. */
static void
on_who (GpoTerminalView *view)
{
  gboolean somebody = gtk_drop_down_get_selected (view->who) > 0;
  gtk_editable_set_text (view->login, somebody ? who_types (view) : "");
}

static void
call (GpoTerminalView *view)
{
  static const GpoProtocol protocols[] = { GPO_PROTOCOL_SMTP, GPO_PROTOCOL_IMAP, GPO_PROTOCOL_POP3 };
  g_autoptr (GError) error = NULL;
  const char *who = who_types (view);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view->text), "", 0);
  if (!is_elsewhere (view))
    gpo_terminal_model_call (view->model, gtk_drop_down_get_selected (view->target), who);
  else if (!gpo_terminal_model_call_address (view->model, gtk_editable_get_text (view->address),
                                             protocols[gtk_drop_down_get_selected (view->protocol)], who,
                                             &error))
    {
      gpo_window_show_problem (view->window, error->message);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (view->entry));
}

/* --- actions --- */

static void
on_call (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "terminal");
  if (gpo_terminal_model_is_open (view->model))
    gpo_terminal_model_hang_up (view->model);
  else
    call (view);
}

static void
on_auth (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GPO_TERMINAL_VIEW (data)->auth);
}

static void
on_paste (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GPO_TERMINAL_VIEW (data)->paste);
}

/* As if somebody typed the line; with an ending it is sent. */
static void
on_type (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  g_autofree char *line = g_variant_dup_string (parameter, NULL);
  gboolean whole = g_str_has_suffix (line, "\n");
  gtk_editable_set_text (view->entry, g_strchomp (line));
  gtk_editable_set_position (view->entry, -1);
  if (whole)
    gpo_terminal_view_enter (view);
}

static void
on_complete (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_terminal_view_complete (data);
}

/* STARTTLS as this protocol says it, ready to be sent. */
static void
on_starttls (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  g_autoptr (GPtrArray) smtp = dialogue ? gpo_dialogue_complete (dialogue, "STARTTLS", NULL) : NULL;
  g_autoptr (GPtrArray) pop3 = dialogue ? gpo_dialogue_complete (dialogue, "STLS", NULL) : NULL;
  GPtrArray *found = smtp && smtp->len ? smtp : pop3;
  if (!found || !found->len)
    return;
  gpo_terminal_view_fill (view, ((GpoSuggestion *) found->pdata[0])->text);
  gpo_terminal_view_show_hint (view);
  gtk_widget_grab_focus (GTK_WIDGET (view->entry));
}

static void
on_prove (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  GtkStringObject *mechanism = gtk_drop_down_get_selected_item (view->mechanism);
  GpoProof proof = { 0 };
  g_autofree char *problem = NULL, *words = NULL;
  if (!dialogue)
    return;
  if (gpo_dialogue_prove (dialogue, gtk_string_object_get_string (mechanism),
                          gtk_editable_get_text (view->login), gtk_editable_get_text (view->password), &proof,
                          &problem))
    {
      gpo_terminal_view_fill (view, proof.line);
      words = g_strdup_printf (_ ("heard:  %s\nplain:  %s\nbase64: %s"), proof.heard ? proof.heard : "–",
                               proof.plain ? proof.plain : "–", proof.plain ? proof.line : "–");
    }
  gtk_label_set_text (view->proof, problem ? problem : words);
  gpo_proof_clear (&proof);
  gpo_terminal_view_show_hint (view);
}

static void
paste (GpoTerminalView *view, gboolean at_once)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->paste_text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  gtk_popover_popdown (view->paste_popover);
  gpo_terminal_model_paste (view->model, text, at_once, gpo_terminal_view_typing (view));
  gtk_widget_grab_focus (GTK_WIDGET (view->entry));
}

static void
on_paste_lines (GpoTerminalView *view)
{
  paste (view, FALSE);
}

static void
on_paste_once (GpoTerminalView *view)
{
  paste (view, TRUE);
}

/* The list, for the keyboard. */
static void
on_focus_who (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "terminal");
  gtk_widget_grab_focus (GTK_WIDGET (view->who));
}

static void
on_focus_target (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "terminal");
  gtk_widget_grab_focus (GTK_WIDGET (view->target));
}

static const GActionEntry actions[] = {
  { "term-who", on_focus_who, NULL, NULL, NULL },
  { "term-target", on_focus_target, NULL, NULL, NULL },
  { "term-call", on_call, NULL, NULL, NULL }, /* or hang up */
  { "term-type", on_type, "s", NULL, NULL },
  { "term-complete", on_complete, NULL, NULL, NULL }, /* Tab in the entry */
  { "term-auth", on_auth, NULL, NULL, NULL },
  { "term-starttls", on_starttls, NULL, NULL, NULL },
  { "term-paste", on_paste, NULL, NULL, NULL },
  { "term-bare-lf", NULL, NULL, "false", NULL },
  { "term-stuff", NULL, NULL, "true", NULL },
};

static void
add_menu (GpoTerminalView *view)
{
  static const struct
  {
    const char *label, *action;
  } entries[] = { { N_ ("_Who Types"), "win.term-who" },
                  { N_ ("Wh_om to Call"), "win.term-target" },
                  { N_ ("_Call or Hang Up"), "win.term-call" },
                  { N_ ("_AUTH, Line by Line…"), "win.term-auth" },
                  { N_ ("_STARTTLS"), "win.term-starttls" },
                  { N_ ("_Paste a Dialogue…"), "win.term-paste" },
                  { N_ ("End Lines with Bare _LF"), "win.term-bare-lf" },
                  { N_ ("Stuff _Dots"), "win.term-stuff" } };
  g_autoptr (GMenu) menu = g_menu_new ();
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_menu_append (menu, _ (entries[i].label), entries[i].action);
  gpo_window_add_menu (view->window, _ ("_Terminal"), G_MENU_MODEL (menu));
}

static void
fill_lists (GpoTerminalView *view)
{
  GpoTerminalWorld *world = gpo_terminal_model_get_world (view->model);
  g_autoptr (GtkStringList) people = gtk_string_list_new (gpo_terminal_world_people (world));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  for (guint i = 0; i < gpo_terminal_world_n_targets (world); i++)
    gtk_string_list_append (names, gpo_terminal_world_target (world, i));
  gtk_string_list_append (names, _ ("another host…"));
  gtk_drop_down_set_model (view->who, G_LIST_MODEL (people));
  gtk_drop_down_set_model (view->target, G_LIST_MODEL (names));
}

void
gpo_terminal_view_add_actions (GpoTerminalView *view)
{
  fill_lists (view);
  g_action_map_add_action_entries (G_ACTION_MAP (view->window), actions, G_N_ELEMENTS (actions), view);
  add_menu (view);
  g_signal_connect_swapped (view->who, "notify::selected", G_CALLBACK (on_who), view);
  g_signal_connect_swapped (view->target, "notify::selected", G_CALLBACK (on_target), view);
  g_signal_connect_swapped (view->prove, "clicked", G_CALLBACK (on_prove), view);
  g_signal_connect_swapped (view->paste_lines, "clicked", G_CALLBACK (on_paste_lines), view);
  g_signal_connect_swapped (view->paste_once, "clicked", G_CALLBACK (on_paste_once), view);
  on_target (view);
}

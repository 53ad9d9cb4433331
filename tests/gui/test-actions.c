/* SPDX-License-Identifier: MIT */
/* test-actions.c: whatever the window can do is done by a key, found in a menu, and told by the shortcuts window.
 *
 * Walks the actions of the program and of a window. Those that stand behind rows of lists, which are reached by
 * arrows and Enter, are named here, each with where. */
#include "window-fixture.h"
#include "window-time.h"

/* What is reached otherwise, and how. */
static const struct
{
  const char *action, *how;
} rows[] = {
  { "win.session", "a row of the list of sessions" },
  { "win.sessions", "rows of the list of sessions" },
  { "win.letter", "a row of the list of letters" },
  { "win.host", "a spot of the map" },
  { "win.goto", "a row of the transcript" },
  { "win.step-session", "a row of the hold bar" },
  { "win.drop", "a row of the hold bar" },
  { "win.edit", "the editor of a held reply, Enter" },
  { "win.edit-session", "a row of the hold bar" },
  { "win.break", "the entry of a breakpoint, Enter" },
  { "win.break-enabled", "a row of the list of breakpoints" },
  { "win.unbreak", "a row of the list of breakpoints" },
  { "win.letter-field", "a row of the letter's header" },
  { "win.letter-part", "a row of the letter's parts" },
  { "win.lab-choose", "a row of the list of labs" },
  { "win.read-file", "a row of the menu of folders" },
  { "win.speed", "the list of speeds" },
  { "win.note-set", "the entry of a note, Enter" },
  { "win.export-to", "the dialog of win.export" },
  { "win.term-complete", "Tab in the terminal" },
  { "win.term-type", "the entry of the terminal, Enter" },
};

/* Keys without modifiers, as in players, by the names that the shortcuts window has for them. */
static const struct
{
  const char *action, *token;
} bare[] = {
  { "win.play", "space" }, { "win.go", "period" }, { "win.speed-by", "plus" },      { "win.filter", "slash" },
  { "win.error", "e" },    { "win.note", "n" },    { "win.marker", "bracketleft" },
};

/* "win.go" of "win.go::start" and "win.letter(uint32 3)". */
static char *
plain_name (const char *detailed)
{
  return g_strndup (detailed, MIN (strcspn (detailed, ":("), strlen (detailed)));
}

static void
add_menu (GHashTable *names, GMenuModel *menu)
{
  for (int i = 0; menu && i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *action = NULL;
      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action))
        g_hash_table_add (names, plain_name (action));
      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (GMenuModel) inner = g_menu_model_get_item_link (menu, i, k ? G_MENU_LINK_SECTION : G_MENU_LINK_SUBMENU);
          add_menu (names, inner);
        }
    }
}

/* All menus below the widget. */
static void
add_menus (GHashTable *names, GtkWidget *widget)
{
  if (GTK_IS_MENU_BUTTON (widget))
    add_menu (names, gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (widget)));
  if (GTK_IS_POPOVER_MENU (widget))
    add_menu (names, gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    add_menus (names, child);
}

/* The actions of the shortcuts window, and the keys it names in words of their own. */
static void
add_shortcuts (GHashTable *names, GHashTable *tokens, GtkWidget *widget)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    {
      g_autofree char *action = NULL, *keys = NULL;
      g_object_get (widget, "action-name", &action, "accelerator", &keys, NULL);
      if (action && *action)
        g_hash_table_add (names, plain_name (action));
      g_auto (GStrv) all = g_strsplit (keys ? keys : "", " ", -1);
      for (char **key = all; *key; key++)
        {
          guint code;
          GdkModifierType state;
          if (gtk_accelerator_parse (*key, &code, &state) && code)
            g_hash_table_add (tokens, gtk_accelerator_name (code, state));
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    add_shortcuts (names, tokens, child);
}

typedef struct
{
  GHashTable *keyed, *menus, *shortcuts, *tokens;
} Found;

static void
found_init (Found *found)
{
  GHashTable **all[] = { &found->keyed, &found->menus, &found->shortcuts, &found->tokens };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    *all[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) described = gtk_application_list_action_descriptions (GTK_APPLICATION (app));
  for (char **name = described; *name; name++)
    g_hash_table_add (found->keyed, plain_name (*name));
  add_menus (found->menus, GTK_WIDGET (window));
  GtkShortcutsWindow *help = gpo_window_get_help (window);
  ck_assert_ptr_nonnull (help);
  add_shortcuts (found->shortcuts, found->tokens, GTK_WIDGET (help));
}

static void
found_clear (Found *found)
{
  g_hash_table_unref (found->keyed);
  g_hash_table_unref (found->menus);
  g_hash_table_unref (found->shortcuts);
  g_hash_table_unref (found->tokens);
}

/* Told by its action, by one of its keys, or by its bare key. */
static gboolean
is_told (Found *found, const char *name)
{
  g_auto (GStrv) described = gtk_application_list_action_descriptions (GTK_APPLICATION (app));
  if (g_hash_table_contains (found->shortcuts, name))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (bare); i++)
    if (strcmp (bare[i].action, name) == 0 && g_hash_table_contains (found->tokens, bare[i].token))
      return TRUE;
  for (char **detailed = described; *detailed; detailed++)
    {
      g_autofree char *plain = plain_name (*detailed);
      g_auto (GStrv) keys = gtk_application_get_accels_for_action (GTK_APPLICATION (app), *detailed);
      for (char **key = keys; strcmp (plain, name) == 0 && *key; key++)
        if (g_hash_table_contains (found->tokens, *key))
          return TRUE;
    }
  return FALSE;
}

static gboolean
is_row (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].action, name) == 0)
      return TRUE;
  return FALSE;
}

static guint
check_group (Found *found, GActionGroup *group, const char *prefix, GString *problems)
{
  g_auto (GStrv) names = g_action_group_list_actions (group);
  guint n = 0;
  for (char **name = names; *name; name++, n++)
    {
      g_autofree char *full = g_strconcat (prefix, *name, NULL);
      if (is_row (full))
        continue;
      if (!g_hash_table_contains (found->keyed, full))
        g_string_append_printf (problems, "%s has no key\n", full);
      if (!g_hash_table_contains (found->menus, full))
        g_string_append_printf (problems, "%s is in no menu\n", full);
      if (!is_told (found, full))
        g_string_append_printf (problems, "%s is not in the shortcuts window\n", full);
    }
  return n;
}

START_TEST (every_action_has_a_key_and_a_place_in_a_menu)
{
  Found found;
  g_autoptr (GString) problems = g_string_new (NULL);
  found_init (&found);
  ck_assert_uint_gt (check_group (&found, G_ACTION_GROUP (window), "win.", problems), 40);
  ck_assert_uint_gt (check_group (&found, G_ACTION_GROUP (app), "app.", problems), 4);
  ck_assert_msg (problems->len == 0, "%s", problems->str);
  found_clear (&found);
}
END_TEST

/* No menu, no key and no shortcut names an action that is not there. */
START_TEST (every_key_and_menu_entry_has_its_action)
{
  Found found;
  g_autoptr (GString) problems = g_string_new (NULL);
  found_init (&found);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!g_action_group_has_action (G_ACTION_GROUP (window), rows[i].action + 4))
      g_string_append_printf (problems, "%s is said to be %s, but is no action\n", rows[i].action, rows[i].how);
  GHashTable *const all[] = { found.keyed, found.menus, found.shortcuts };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      GHashTableIter iter;
      gpointer name;
      g_hash_table_iter_init (&iter, all[i]);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        {
          gboolean win = g_str_has_prefix (name, "win."), ours = win || g_str_has_prefix (name, "app.");
          if (ours && !g_action_group_has_action (win ? G_ACTION_GROUP (window) : G_ACTION_GROUP (app), (char *) name + 4))
            g_string_append_printf (problems, "%s is named, but is no action\n", (char *) name);
        }
    }
  ck_assert_msg (problems->len == 0, "%s", problems->str);
  found_clear (&found);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("actions");
  TCase *c = tcase_create ("actions");
  tcase_add_unchecked_fixture (c, setup_office, teardown_window);
  tcase_set_timeout (c, 60);
  tcase_add_test (c, every_action_has_a_key_and_a_place_in_a_menu);
  tcase_add_test (c, every_key_and_menu_entry_has_its_action);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"

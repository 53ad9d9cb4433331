/* SPDX-License-Identifier: MIT */
/* send-key.c: a shortcut that comes before the text's own keys. */
#include "send-key.h"

void
gpo_send_key_add (GtkTextView *text, GtkShortcutFunc send, gpointer data)
{
  static const guint keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter };
  GtkEventController *controller = gtk_shortcut_controller_new ();
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], GDK_CONTROL_MASK),
                          gtk_callback_action_new (send, data, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (text), controller);
}

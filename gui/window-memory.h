/* SPDX-License-Identifier: MIT */
/* window-memory.h: a window opens as the last one was closed: size, view, side bar. And takes files dropped
 * on it. */
#pragma once
#include "window.h"

G_BEGIN_DECLS

/* Before the window is shown. Files dropped on it are opened by its application. */
void gpo_window_memory_attach (GpoWindow *window);

G_END_DECLS

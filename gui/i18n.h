/* SPDX-License-Identifier: MIT */
/* i18n.h: words for people are marked for gettext: _("…"), ngettext(). Words of the protocols are not.
 * A number of 64 bits is %lu of a gulong there: xgettext cannot read G_GUINT64_FORMAT. */
#pragma once
#define GETTEXT_PACKAGE "glasspost"
#include <glib/gi18n-lib.h>

# SPDX-License-Identifier: LGPL-2.1-or-later
TESTS += tests/golden.sh
EXTRA_DIST += tests/golden.sh tests/golden.list tests/golden tests/snapshots

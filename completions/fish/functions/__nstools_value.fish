# SPDX-License-Identifier: LGPL-2.1-or-later

# The value under the cursor: without the option in the same word, whose letter may be $argv[1].
function __nstools_value
    commandline -ct | string replace -r -- "^(--[a-z-]+=|-[^-]*?$argv[1])" ''
end

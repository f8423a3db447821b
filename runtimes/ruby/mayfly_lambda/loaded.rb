# frozen_string_literal: true

# What AWS's own client loads, and so every function has without asking for it.
require 'json'
require 'logger'
require 'net/http'
require 'stringio'

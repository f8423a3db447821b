# frozen_string_literal: true

# Starts the Ruby runtime client. See mayfly_lambda/loop.rb for what it does.

require_relative 'mayfly_lambda/loop'

MayflyLambda::Loop.run

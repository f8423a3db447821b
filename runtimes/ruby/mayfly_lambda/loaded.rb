# frozen_string_literal: true

module MayflyLambda
  # What AWS's own client loads, and so every function has without asking for it.
  PRELOADED = ['json', 'logger', 'net/http', 'stringio'].freeze # rubocop:disable Style/WordArray -- Mayfly shows this

  PRELOADED.each { |feature| require feature }
end

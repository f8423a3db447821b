# frozen_string_literal: true

def handler(event:, context:)
  name = event.fetch('name', 'world')
  puts "greeting #{name}"
  { message: "Hello #{name} from Ruby #{RUBY_VERSION}" }
end

# frozen_string_literal: true

require_relative 'namesakes'

module MayflyLambda
  # Where the function is: its variables and its folder.
  #
  # A process may be started before there is a function for it. It then has no handler's name, and waits for the
  # function's variables; from there on it is as any other. Where it cannot be, because the function brings something
  # that should have been there when the process started, it starts over.
  class Place
    # Where RubyGems keeps the folders of a user, who is another one in a sandbox, or has set them.
    HOMES_OF_RUBYGEMS = %i[@cache_home @config_home @data_home @state_home].freeze

    def self.known?
      ENV.key?('_HANDLER')
    end

    # To be made before the function is known: notes what there is until then.
    def initialize
      @namesakes = Namesakes.new
    end

    # Becomes the process that these variables would have started. What was there before, every function has.
    def take(variables)
      variables.each { |name, value| ENV[name] = value unless ENV[name] == value }
    end

    # Goes to the function's code. The folder that is there now is not the one that was there before.
    def enter
      Dir.chdir(ENV.fetch('LAMBDA_TASK_ROOT'))
      forget_gems
    end

    # Whether this process is what it would be if it were started now.
    def suits?
      !@namesakes.any?
    end

    # What is to be done while somebody waits has been done before; there is nothing to find yet.
    def rehearse
      suits?
      forget_gems
    end

    # The same program anew, with the function's variables and these.
    def self.start_over(variables)
      program, *arguments = File.binread('/proc/self/cmdline').split("\0")
      exec(variables, [program, program], *arguments)
    end

    private

    # RubyGems looked for gems when there were none of the function's.
    def forget_gems
      Gem.clear_paths
      HOMES_OF_RUBYGEMS.each { |name| Gem.remove_instance_variable(name) if Gem.instance_variable_defined?(name) }
    end
  end
end

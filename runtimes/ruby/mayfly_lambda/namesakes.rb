# frozen_string_literal: true

module MayflyLambda
  # What a function has of its own of that which this process loaded before it knew the function: files in the folders
  # of `RUBYLIB`, which come before Ruby's library, and gems, of which the newest version counts.
  class Namesakes
    SUFFIXES = %w[.rb .so].freeze

    def initialize
      @folders = ENV.fetch('RUBYLIB', '').split(':')
      @gem_folders = ENV.fetch('GEM_PATH', '').split(':').map { |folder| "#{folder}/specifications" }
      @files = $LOADED_FEATURES.filter_map { |path| searched_name(path) }.group_by { |name| name[%r{\A[^/]+}] }
      @gems = Gem.loaded_specs.keys
      # A gem needs others that there are several versions of; the function's would be among them.
      @is_undecided = !Gem::Specification.unresolved_deps.empty?
    end

    def any?
      @folders.any? { |folder| any_file?(folder) } || any_gem?
    end

    private

    # `net/http` of `/usr/lib/ruby/3.2.0/net/http.rb`.
    def searched_name(path)
      folder = $LOAD_PATH.select { |place| path.start_with?("#{place}/") }.max_by(&:size)
      folder && path.delete_prefix("#{folder}/").delete_suffix(File.extname(path))
    end

    def any_file?(folder)
      entries(folder).any? do |entry|
        @files.fetch(entry.delete_suffix(File.extname(entry)), []).any? do |name|
          SUFFIXES.any? { |suffix| File.file?("#{folder}/#{name}#{suffix}") }
        end
      end
    end

    def any_gem?
      @gem_folders.flat_map { |folder| entries(folder) }.any? do |file|
        @is_undecided || @gems.any? { |name| file.match?(/\A#{Regexp.escape(name)}-\d/) }
      end
    end

    def entries(folder)
      Dir.exist?(folder) ? Dir.children(folder) : []
    end
  end
end

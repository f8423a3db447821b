# frozen_string_literal: true

require 'minitest/autorun'
require 'open3'
require 'rbconfig'
require 'tmpdir'

# What is compiled ahead is loaded as if it were not; each test is a program of its own.
class AheadTest < Minitest::Test
  CLIENT = File.expand_path('..', __dir__)
  FILL = "require 'mayfly_lambda/loaded'\nrequire 'mayfly_lambda/ahead'\n" \
         "HOW_MANY = -> { MayflyLambda::Ahead.instance_variable_get(:@compiled).size }\n"

  def printed(program, ahead: true, own: {})
    Dir.mktmpdir do |folder|
      own.each { |name, text| File.write("#{folder}/#{name}", text) }
      fill = "#{FILL}#{'MayflyLambda::Ahead.fill' if ahead}\n"
      command = [RbConfig.ruby, "-I#{folder}", "-I#{CLIENT}", '-e', fill + program]
      text, status = Open3.capture2e(*command)
      assert status.success?, text
      text.gsub(folder, '')
    end
  end

  def same(program, **options)
    printed(program, **options).tap { |text| assert_equal printed(program, ahead: false, **options), text }
  end

  def test_nothing_of_it_is_seen_before_it_is_required
    same('puts $LOADED_FEATURES, Object.constants.sort, Gem.loaded_specs.keys')
  end

  def test_what_is_required_is_there_and_was_not_compiled_again
    assert_operator printed("before = HOW_MANY.call\nrequire 'tempfile'\nputs before - HOW_MANY.call").to_i, :>, 2
  end

  def test_a_require_brings_what_it_always_brings
    same(<<~PROGRAM)
      %w[openssl date tempfile yaml bigdecimal].each do |feature|
        before = [$LOADED_FEATURES.dup, Object.constants]
        require feature
        p feature, $LOADED_FEATURES - before[0], (Object.constants - before[1]).sort
      end
    PROGRAM
  end

  def test_a_file_knows_where_it_is
    program = "require 'tempfile'\nputs Tempfile.instance_method(:unlink).source_location, " \
              "begin; Tempfile.new(1); rescue ArgumentError => e; e.backtrace; end"
    same(program)
  end

  def test_what_the_program_has_of_its_own_comes_first
    assert_equal "mine\n", same("require 'time'\nputs WHOSE", own: { 'time.rb' => "WHOSE = 'mine'" })
  end

  def test_a_file_that_is_loaded_again_is_read_again
    same("2.times { load $LOAD_PATH.map { |place| \"\#{place}/base64.rb\" }.find { |path| File.file?(path) } }\nputs Base64")
  end

  def test_a_program_that_keeps_compiled_code_itself_may
    same(<<~PROGRAM)
      def (RubyVM::InstructionSequence).load_iseq(path) = (puts File.basename(path); nil)
      require 'base64'
    PROGRAM
  end
end

# frozen_string_literal: true

require 'minitest/autorun'
require_relative 'fake_platform'

# A client that was started before it was known for which function.
class ParkedTest < Minitest::Test
  WAS_STARTED = "File.read('/proc/self/environ').include?('_HANDLER')"
  LOGGER = "VERSION = 'my own'\nrequire 'monitor'\nclass Logger\n  DEBUG, INFO, WARN, ERROR, FATAL = *0..4\n" \
           "  class Formatter; end\nend\n"

  def value(expression, **options)
    run = FakePlatform.run("def handler(event:, context:) = #{expression}\n", **options)
    refute_empty run.posts, run.output
    run.value
  end

  def gem(name)
    specification = "Gem::Specification.new('#{name}', '0.0.1') { |gem| gem.summary = 's'; gem.authors = ['a'] }\n"
    { "gems/specifications/#{name}-0.0.1.gemspec" => specification }
  end

  def test_takes_on_the_variables_the_folder_and_the_time_zone_of_its_function
    seen = "[ENV['MINE'], Dir.pwd == ENV['LAMBDA_TASK_ROOT'], Time.now.strftime('%z'), #{WAS_STARTED}]"
    environment = { 'MINE' => "\u00fc", 'TZ' => 'Asia/Tokyo' }
    assert_equal ["\u00fc", true, '+0900', false], value(seen, parked: true, environment: environment)
  end

  def test_tells_of_nothing_that_is_between_it_and_the_platform
    [true, false].each do |parked|
      assert_empty value("ENV.keys.grep(/MAYFLY|LOG_FD|X_AMZN/)", parked: parked)
    end
  end

  def test_has_loaded_what_any_other_has
    seen = '[$LOADED_FEATURES, $LOAD_PATH.size, Object.constants.sort, Gem.loaded_specs.keys]'
    parked, started = [true, false].map { |parked| value("#{seen}.to_s.gsub(%r{/[^\" ]*/task/}, '')", parked: parked) }
    assert_equal started, parked
  end

  def test_fails_as_any_other
    parked, started = [true, false].map { |parked| FakePlatform.run("raise 'no'", parked: parked) }
    assert_equal '/2018-06-01/runtime/init/error', parked.posts[0][0]
    assert_equal 'no', parked.value['errorMessage']
    assert_equal [started.value['errorType'], started.code], [parked.value['errorType'], parked.code]
  end

  def test_starts_over_for_a_function_with_a_file_of_its_own_of_what_is_loaded
    seen = "[#{WAS_STARTED}, VERSION]"
    assert_equal [true, 'my own'], value(seen, parked: true, files: { 'task/logger.rb' => LOGGER })
  end

  def test_starts_over_for_a_function_with_a_gem_of_its_own_of_what_is_loaded
    assert_equal true, value(WAS_STARTED, parked: true, files: gem('json'))
  end

  def test_has_the_home_of_its_function
    environment = { 'HOME' => '/home/mine', 'XDG_DATA_HOME' => '/mine' }
    assert_equal [false, '/home/mine', '/mine'],
                 value("[#{WAS_STARTED}, Gem.user_home, Gem.data_home]", parked: true, environment: environment)
  end

  def test_stays_for_files_and_gems_of_other_names
    assert_equal false, value(WAS_STARTED, parked: true, files: { 'task/log.rb' => '', **gem('json-extra') })
  end

  def test_keeps_its_words_in_order_when_it_starts_over
    run = FakePlatform.run("$stderr.puts 'one'\nputs 'two'\ndef handler(event:, context:) = 3\n",
                           parked: true, files: { 'task/logger.rb' => LOGGER })
    assert_match(/one\n.*two\n\z/m, run.output)
  end
end

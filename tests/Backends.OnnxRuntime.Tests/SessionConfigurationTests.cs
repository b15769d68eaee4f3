using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

public sealed class SessionConfigurationTests
{
    [Fact]
    public void Without_parameters_a_run_has_the_threads_that_the_engine_gives_and_none_spins()
    {
        var configuration = SessionConfiguration.Read(Source() with { ThreadsPerRun = 2 });

        Assert.Equal(2, configuration.IntraOpThreads);
        Assert.Equal(GraphOptimization.All, configuration.Optimization);
        Assert.Equal("0", configuration.Entries["session.intra_op.allow_spinning"]);
        Assert.Equal("0", configuration.Entries["session.inter_op.allow_spinning"]);
    }

    [Theory]
    [InlineData("intra_op_num_threads", "4", 4)]
    [InlineData("intra_op_thread_count", "4", 4)]
    [InlineData("intra_op_thread_count", "0", 1)]
    public void Threads_have_our_name_and_Tritons(string key, string value, int expected)
        => Assert.Equal(expected, SessionConfiguration.Read(Source((key, value))).IntraOpThreads);

    [Theory]
    [InlineData("all", (int)GraphOptimization.All)]
    [InlineData("extended", (int)GraphOptimization.Extended)]
    [InlineData("basic", (int)GraphOptimization.Basic)]
    [InlineData("none", (int)GraphOptimization.None)]
    public void Optimisation_levels_have_names(string value, int expected)
        => Assert.Equal((GraphOptimization)expected, SessionConfiguration.Read(Source(("optimization_level", value))).Optimization);

    [Theory]
    [InlineData("true", true)]
    [InlineData("ON", true)]
    [InlineData("1", true)]
    [InlineData("False", false)]
    [InlineData("off", false)]
    [InlineData("0", false)]
    public void Booleans_have_Tritons_forms(string value, bool expected)
    {
        Assert.Equal(expected, SessionConfiguration.Read(Source(("enable_mem_arena", value))).MemoryArena);
        Assert.Equal(expected, SessionConfiguration.Read(Source(("enable_mem_pattern", value))).MemoryPattern);
    }

    [Fact]
    public void Session_entries_are_passed_on_and_may_overrule()
    {
        var entries = SessionConfiguration.Read(Source(("session.intra_op.allow_spinning", "1"), ("session.disable_prepacking", "1"))).Entries;

        Assert.Equal("1", entries["session.intra_op.allow_spinning"]);
        Assert.Equal("1", entries["session.disable_prepacking"]);
    }

    [Theory]
    [InlineData("intra_op_num_threads", "-1")]
    [InlineData("intra_op_num_threads", "many")]
    [InlineData("intra_op_num_threads", "100000")]
    [InlineData("inter_op_thread_count", "1.5")]
    [InlineData("execution_mode", "1")]
    [InlineData("optimization_level", "3")]
    [InlineData("enable_mem_arena", "yes")]
    [InlineData("enable_mem_pattern", "")]
    [InlineData("memory.enable_memory_arena_shrinkage", "gpu:0")]
    [InlineData("session.x", "a\0b")]
    public void Bad_value_is_refused_with_key_and_value(string key, string value)
    {
        var refusal = Assert.Throws<BackendException>(() => SessionConfiguration.Read(Source((key, value))));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains($"'{key}' is '{value}'; expected ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_key_is_refused_with_those_that_are_known()
    {
        var refusal = Assert.Throws<BackendException>(() => SessionConfiguration.Read(Source(("intra_op_threads", "2"))));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains("'intra_op_threads'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("intra_op_num_threads", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_with_every_parameter_loads_and_answers()
    {
        using var model = LoadedModel.Of(
            Models.Double(),
            ("intra_op_num_threads", "2"),
            ("inter_op_num_threads", "1"),
            ("execution_mode", "0"),
            ("optimization_level", "basic"),
            ("enable_mem_arena", "false"),
            ("enable_mem_pattern", "false"),
            ("session.disable_prepacking", "1"));

        Assert.Equal(TestTensor.Of([1], 6f), model.Run(TestTensor.Of([1], 3f))["y"]);
    }

    [Fact]
    public void Arena_can_be_shrunk_after_each_run()
    {
        using var model = LoadedModel.Of(Models.Double(), ("memory.enable_memory_arena_shrinkage", "cpu:0"));

        Assert.Equal(TestTensor.Of([1], 6f), model.Run(TestTensor.Of([1], 3f))["y"]);
    }

    [Fact]
    public void Model_without_an_arena_has_the_footprint_of_its_file()
    {
        var builder = Models.Double();
        using var model = LoadedModel.Of(builder, ("enable_mem_arena", "off"));
        model.Run(TestTensor.Of([1], 3f));

        Assert.Equal(builder.Build().Length, model.Footprint.HostByteSize);
    }

    private static ModelSource Source(params (string Key, string Value)[] parameters)
        => new() { ModelName = "m", Version = 3, FilePath = "/m.onnx", Parameters = parameters.ToDictionary(pair => pair.Key, pair => pair.Value) };
}

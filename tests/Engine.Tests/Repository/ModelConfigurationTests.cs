using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Tests.Repository;

public sealed class ModelConfigurationTests : IDisposable
{
    private readonly RepositoryDirectory _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Every_key_is_read()
    {
        var configuration = Read("""
            # A comment.
            backend: onnxruntime
            device: cuda:1
            file: net.onnx
            description: "Says: what it is for"
            inputs:
              - name: image
                datatype: FP32
                shape: [-1, 3, 224, 224]
                batch_axis: 0
            outputs:
              - { name: scores, datatype: TYPE_FP16 }
            version_policy:
              latest: 2
            limits:
              concurrency: 3
              queue_size: 100
              threads: 2
            memory: { pinned: true, minimum_residency: 30s }
            slo: { latency: 20ms, percentile: 95, availability: 99.5, window: 2h }
            weight: 2.5
            minimum_share: 0.1
            priority: 3
            overload: serve
            parameters:
              session.intra_op.allow_spinning: 0
              enabled: true
            """);

        Assert.Equal("onnxruntime", configuration.Backend);
        Assert.Equal(new DeviceSelector(DeviceKind.Cuda, 1), configuration.Device);
        Assert.Equal("net.onnx", configuration.FileName);
        Assert.Equal("Says: what it is for", configuration.Description);
        Assert.Equal(new TensorConfiguration("image") { DataType = DataType.Float32, Shape = new Shape(-1, 3, 224, 224), BatchAxis = 0 }, Assert.Single(configuration.Inputs));
        Assert.Equal(new TensorConfiguration("scores") { DataType = DataType.Float16 }, Assert.Single(configuration.Outputs));
        Assert.Equal(new VersionPolicy.Latest(2), configuration.VersionPolicy);
        Assert.Equal(new ModelLimits { Concurrency = 3, QueueSize = 100, Threads = 2 }, configuration.Limits);
        Assert.Equal(new ModelMemory { IsPinned = true, MinimumResidency = TimeSpan.FromSeconds(30) }, configuration.Memory);
        Assert.Equal(
            new LatencyObjective(TimeSpan.FromMilliseconds(20)) { Percentile = 95, Availability = 99.5, Window = TimeSpan.FromHours(2) }, configuration.Scheduling.Objective);
        Assert.Equal((2.5, 0.1, 3, OverloadMode.Serve), (configuration.Scheduling.Weight, configuration.Scheduling.MinimumShare, configuration.Scheduling.Priority, configuration.Scheduling.Overload));
        Assert.Equal("0", configuration.Parameters["session.intra_op.allow_spinning"]);
        Assert.Equal("true", configuration.Parameters["enabled"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    public void A_file_that_says_nothing_is_the_default(string text) => Assert.Same(ModelConfiguration.Default, Read(text));

    [Theory]
    [InlineData("500us", 0.5)]
    [InlineData("2ms", 2)]
    [InlineData("1.5s", 1500)]
    public void The_queue_delay_has_a_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read($"batching: {{ max_queue_delay: {text} }}").Batching.MaxQueueDelay);

    [Fact]
    public void Preferred_sizes_and_priorities_can_be_given()
    {
        var batching = Read("batching: { preferred_batch_sizes: [4, 8], priority_levels: 3 }").Batching;

        Assert.Equal([4, 8], batching.PreferredBatchSizes);
        Assert.Equal(3, batching.PriorityLevels);
    }

    [Fact]
    public void What_an_output_s_values_must_be_can_be_said()
    {
        Assert.Equal(new ValueRange { Finite = true, Minimum = -1.5e3, Maximum = 0 }, Read("outputs: [{ name: x, finite: true, minimum: -1.5e3, maximum: 0 }]").Outputs[0].Range);
        Assert.Null(Read("outputs: [{ name: x, finite: false }]").Outputs[0].Range);
    }

    [Fact]
    public void The_warm_up_can_be_left_out() => Assert.Equal(WarmUpMode.None, Read("warm_up: none").WarmUp);

    [Fact]
    public void Samples_for_the_warm_up_can_be_given()
    {
        var configuration = Read("""
            warm_up:
              - inputs:
                  - { name: a, value: 16000 }
                  - { name: b, shape: [1, 2], values: [1, 2] }
              - name: long
                inputs:
                  - { name: c, datatype: FP32, file: c.npy }
                  - { name: d, data: zeros }
                  - { name: e, data: random }
            """);

        Assert.Equal(WarmUpMode.Auto, configuration.WarmUp);
        Assert.Equal(["1", "long"], configuration.WarmUpSamples.Select(static sample => sample.Name));
        var inputs = configuration.WarmUpSamples.SelectMany(static sample => sample.Inputs).ToList();
        Assert.Equal(new WarmUpInput("a") { Data = new WarmUpData.Constant("16000") }, inputs[0]);
        Assert.Equal(new Shape(1, 2), inputs[1].Shape);
        Assert.Equal(["1", "2"], Assert.IsType<WarmUpData.Listed>(inputs[1].Data).Texts);
        Assert.Equal(new WarmUpInput("c") { DataType = DataType.Float32, Data = new WarmUpData.FromFile("c.npy") }, inputs[2]);
        Assert.Equal([new WarmUpData.Zeros(), new WarmUpData.Random()], inputs[3..].Select(static input => input.Data));
    }

    [Fact]
    public void The_size_of_batches_can_be_forced() => Assert.Equal(16, Read("batching: { max_batch_size: 16 }").Batching.MaxBatchSize);

    [Fact]
    public void All_versions_can_be_asked_for() => Assert.IsType<VersionPolicy.All>(Read("version_policy: all").VersionPolicy);

    [Fact]
    public void Listed_versions_can_be_asked_for() =>
        Assert.Equal([1, 3], Assert.IsType<VersionPolicy.Specific>(Read("version_policy: { specific: [1, 3] }").VersionPolicy).Versions);

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text() => Assert.Equal("x", Read("\ufeffbackend: x").Backend);

    [Theory]
    [InlineData("\nbakend: x", "model.yaml:2:1: unknown key 'bakend' in model.yaml; accepted are backend, device, file, description, owner, tags, routing, inputs, outputs, version_policy, limits, memory, batching, slo, weight, minimum_share, priority, overload, warm_up, parameters")]
    [InlineData("tags: [a, a]", "model.yaml:1:11: the tag 'a' is listed twice")]
    [InlineData("routing:\n  rules:\n  - wen: {}", "model.yaml:3:5: unknown key 'wen' in a rule; accepted are name, when, targets, shadows, fallbacks")]
    [InlineData("routing: { rules: [ { targets: [ { weight: 1 } ] } ] }", "a target needs a target")]
    [InlineData("routing: { rules: [ { shadows: [ { percent: 1 } ] } ] }", "a shadow needs a target")]
    [InlineData("routing: { rules: [ { when: { inputs: [ { shape: [-2] } ] } } ] }", "a dimension (-1 = any) is '-2'")]
    [InlineData("limits:\n  thread: 1", "model.yaml:2:3: unknown key 'thread' in limits; accepted are concurrency, queue_size, threads")]
    [InlineData("inputs:\n- nam: a", "model.yaml:2:3: unknown key 'nam' in an input; accepted are name, datatype, shape, batch_axis")]
    [InlineData("backend: a\nbackend: b", "model.yaml:2:1: the key 'backend' is in model.yaml twice")]
    [InlineData("parameters: { a: 1, a: 2 }", "model.yaml:1:21: the key 'a' is in parameters twice")]
    [InlineData("backend: [a]", "model.yaml:1:10: backend is a single value; met a list")]
    [InlineData("backend:\ndevice: cpu", "backend has no value")]
    [InlineData("- a", "model.yaml:1:1: model.yaml is a mapping ('key: value' lines); met a list")]
    [InlineData("just text", "model.yaml:1:1: model.yaml is a mapping ('key: value' lines); met 'just text'")]
    [InlineData("inputs: { name: a }", "inputs is a list; met a mapping")]
    [InlineData("inputs: [ { datatype: FP32 } ]", "an input needs a name")]
    [InlineData("inputs: [ { name: a }, { name: a } ]", "the name 'a' is listed twice")]
    [InlineData("inputs: [ { name: a, datatype: FLOAT } ]", "model.yaml:1:32: datatype is 'FLOAT'; expected one of BOOL, UINT8")]
    [InlineData("inputs: [ { name: a, shape: [1, -2] } ]", "a dimension (-1 = variable) is '-2'; expected a whole number from -1")]
    [InlineData("inputs: [ { name: a, shape: [1,1,1,1,1,1,1,1,1] } ]", "shape has at most 8 items")]
    [InlineData("inputs: [ { name: a, batch_axis: 8 } ]", "batch_axis is '8'; expected a whole number from 0 to 7")]
    [InlineData("warm_up: never", "warm_up is 'never'; expected auto, none, or a list of samples")]
    [InlineData("warm_up: { name: x }", "model.yaml:1:10: warm_up (auto, none, or samples) is a list; met a mapping")]
    [InlineData("warm_up: []", "warm_up has no sample; say auto or none instead")]
    [InlineData("warm_up: [{ inputs: [{ name: x, data: ones }] }]", "data is 'ones'; expected zeros or random")]
    [InlineData("warm_up: [{ inputs: [{ name: x, value: 1, file: a }] }]", "has one of data, value, values and file")]
    [InlineData("warm_up: [{ inputs: [{ name: x, shape: [-1] }] }]", "the shape of a sample is [-1]; expected one without variable lengths")]
    [InlineData("warm_up: [{ inputs: [{ name: x, file: ../1/model.onnx }] }]", "file is '../1/model.onnx'; expected the name of a file in the model's directory 'warmup'")]
    [InlineData("warm_up: [{ inputs: [{ name: x }, { name: x }] }]", "the input 'x' is in the sample twice")]
    [InlineData("warm_up: [{ inputs: [{ value: 1 }] }]", "an input of a warm-up sample needs a name")]
    [InlineData("batching: { max_queue_delay: 2 }", "max_queue_delay is '2'; expected a number with us, ms, s, m, h or d, from 0s to 10s")]
    [InlineData("batching: { max_queue_delay: -2ms }", "max_queue_delay is '-2ms'; expected a number with us, ms, s, m, h or d, from 0s to 10s")]
    [InlineData("batching: { max_queue_delay: 11s }", "max_queue_delay is '11s'; expected a number with us, ms, s, m, h or d, from 0s to 10s")]
    [InlineData("batching: { preferred_batch_sizes: [8, 4] }", "preferred_batch_sizes are not in ascending order")]
    [InlineData("batching: { max_batch_size: 4, preferred_batch_sizes: [8] }", "preferred_batch_sizes has 8, which is more than max_batch_size, 4")]
    [InlineData("batching: { priority_levels: 0 }", "priority_levels is '0'; expected a whole number from 1 to 100")]
    [InlineData("batching: { max_batch_size: 0 }", "max_batch_size is '0'; expected a whole number from 1 to 4096")]
    [InlineData("limits: { threads: two }", "model.yaml:1:20: threads is 'two'; expected a whole number from 1 to 256")]
    [InlineData("limits: { threads: '2' }", "threads is '2'; expected a whole number")]
    [InlineData("limits: { threads: 0 }", "threads is '0'; expected a whole number from 1 to 256")]
    [InlineData("limits: { queue_size: 99999999999999999999 }", "queue_size is '99999999999999999999'; expected a whole number")]
    [InlineData("slo: { percentile: 99 }", "slo needs a latency, such as 20ms")]
    [InlineData("slo: { latency: 20 }", "latency is '20'; expected a number with us, ms, s, m, h or d, from 1us to 1h")]
    [InlineData("slo: { latency: 0ms }", "latency is '0ms'")]
    [InlineData("slo: { latency: -5ms }", "latency is '-5ms'")]
    [InlineData("slo: { latency: 2h }", "latency is '2h'")]
    [InlineData("slo: { latency: 1.2.3ms }", "latency is '1.2.3ms'")]
    [InlineData("slo: { latency: 99999999999999999999999d }", "latency is '99999999999999999999999d'")]
    [InlineData("slo: { latency: 1ms, percentile: 100 }", "percentile is '100'; expected a number from 1 to 99.999")]
    [InlineData("slo: { latency: 1ms, availability: NaN }", "availability is 'NaN'; expected a number from 1 to 99.9999")]
    [InlineData("slo: { latency: 1ms, window: 1s }", "window is '1s'; expected a number with us, ms, s, m, h or d, from 1m to 90d")]
    [InlineData("slo: 20ms", "slo is a mapping")]
    [InlineData("memory: { pinned: yes }", "pinned is 'yes'; expected true or false")]
    [InlineData("memory: { minimum_residency: 2d }", "minimum_residency is '2d'; expected a number with us, ms, s, m, h or d, from 0s to 1d")]
    [InlineData("weight: 0", "weight is '0'; expected a number from 0.001 to 1000")]
    [InlineData("weight: 1e3", "weight is '1e3'")]
    [InlineData("minimum_share: 10%", "minimum_share is '10%'; expected a number from 0 to 1")]
    [InlineData("priority: 0", "priority is '0'; expected a whole number from 1 to 255")]
    [InlineData("overload: drop", "overload is 'drop'; expected shed or serve")]
    [InlineData("device: gpu", "device is 'gpu'; expected auto, cpu, cuda or cuda:<number>")]
    [InlineData("file: ../../etc/passwd", "file is '../../etc/passwd'; expected the name of a file in the version's directory")]
    [InlineData("file: ..", "file is '..'")]
    [InlineData("version_policy: newest", "version_policy is 'all', or 'latest: <count>', or 'specific: [<version>, …]'; met 'newest'")]
    [InlineData("version_policy: { latest: 1, specific: [1] }", "met 2 of them")]
    [InlineData("version_policy: { latest: 0 }", "latest is '0'")]
    [InlineData("parameters: { a: { b: 1 } }", "the parameter 'a' is a single value; met a mapping")]
    [InlineData("outputs: [{ name: x, finite: yes }]", "model.yaml:1:30: finite is 'yes'; expected true or false")]
    [InlineData("outputs: [{ name: x, minimum: .nan }]", "minimum is '.nan'; expected a number")]
    [InlineData("outputs: [{ name: x, maximum: 1e999 }]", "maximum is '1e999'; expected a number")]
    [InlineData("outputs: [{ name: x, minimum: 2, maximum: 1.5 }]", "the minimum, 2, is more than the maximum, 1.5")]
    [InlineData("inputs: [{ name: x, finite: true }]", "unknown key 'finite' in an input")]
    [InlineData("backend: a\n---\nbackend: b", "one document is expected")]
    [InlineData("backend: &x a\nfile: *x", "model.yaml:1:10: anchors and aliases are not accepted")]
    [InlineData("backend: \"a", "model.yaml:1:")]
    [InlineData("backend: a\n\tdevice: cpu", "model.yaml:1:10: While scanning a plain scalar")]
    [InlineData("inputs: [", "model.yaml:")]
    [InlineData("!!map[ {}", "this is no valid YAML")]
    [InlineData("backend: |\n[ a\n  b\nlimits { c %}", "this is no valid YAML")]
    [InlineData("device: |\n  a\n  b", "device is 'a b'; expected auto")]
    public void What_the_file_may_not_say_is_refused_with_its_place(string text, string message)
    {
        var model = _repository.Version("a", "1").File("a/model.yaml", text).Find("a");

        Assert.StartsWith("model.yaml:", model.Error, StringComparison.Ordinal);
        Assert.Contains(message, model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused()
    {
        const string Bomb = "parameters:\n  a: &a [x,x]\n  b: &b [*a,*a]\n  c: &c [*b,*b]\n";

        Assert.Contains("anchors and aliases are not accepted", ReadError(Bomb), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("? ")]
    public void Nesting_of_any_depth_is_refused(string opening)
    {
        var text = "inputs: " + string.Concat(Enumerable.Repeat(opening, 100_000));

        Assert.StartsWith("model.yaml:1:", ReadError(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_quotes_no_more_than_a_part_of_the_file() =>
        Assert.InRange(ReadError($"device: {new string('x', 100_000)}")!.Length, 500, 600);

    [Fact]
    public void A_file_beyond_the_limit_is_refused()
    {
        Assert.Contains("more than 1048576 bytes", ReadError(new string('#', (1 << 20) + 1)), StringComparison.Ordinal);
        Assert.Null(ReadError(new string('#', 1 << 20)));
    }

    [Fact]
    public void A_file_that_is_no_text_is_refused()
    {
        _repository.Version("a", "1");
        File.WriteAllBytes(Path.Combine(_repository.Root, "a", "model.yaml"), [0x62, 0xff, 0xfe]);

        Assert.Equal("model.yaml:1:1: the file is not UTF-8 text", _repository.Find("a").Error);
    }

    [Fact]
    public void A_directory_in_the_files_place_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_repository.Version("a", "1").Root, "a", "model.yaml"));

        Assert.Contains("cannot be read", _repository.Find("a").Error, StringComparison.Ordinal);
    }

    private ModelConfiguration Read(string text)
    {
        var model = _repository.Version("a", "1").Version("a", "3").File("a/model.yaml", text).Find("a");
        Assert.Null(model.Error);
        return model.Configuration;
    }

    private string? ReadError(string text) => _repository.Version("a", "1").File("a/model.yaml", text).Find("a").Error;
}

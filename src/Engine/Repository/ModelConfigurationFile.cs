using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>Reads <c>model.yaml</c>; <c>docs/configuration.md</c> describes it for people.</summary>
internal sealed class ModelConfigurationFile
{
    // Real files have some hundred bytes; one of this size is a mistake, such as a model under the wrong name.
    private const int MaxByteSize = 1 << 20;

    private const int MaxTensors = 4096;
    private const int MaxVersions = 4096;
    private const int MaxThreads = 256;
    private const int MaxConcurrency = 4096;
    private const int MaxQueueSize = 1_000_000;
    private const int MaxBatchSize = 4096;
    private const int MaxBatchSizes = 64;
    private const int MaxPriorityLevels = 100;
    private const int MaxTags = 64;

    // A request waits that long for company at most; who wants more means a timeout.
    private const string MaxQueueDelay = "10s";

    private const string MaxResidency = "1d";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly YamlReader _yaml;
    private readonly SchedulingSection _scheduling;
    private ModelConfiguration _configuration = ModelConfiguration.Default;

    private ModelConfigurationFile(string text)
    {
        _yaml = new YamlReader(text);
        _scheduling = new SchedulingSection(_yaml);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationFormatException">It is too large, no text, or says what it may not say.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ModelConfiguration Read(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[MaxByteSize + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length > MaxByteSize)
        {
            throw new ConfigurationFormatException(1, 1, $"the file has more than {MaxByteSize} bytes");
        }

        try
        {
            var preamble = Encoding.UTF8.Preamble.Length;
            var start = buffer.AsSpan(0, length).StartsWith(Encoding.UTF8.Preamble) ? preamble : 0;
            return Parse(StrictUtf8.GetString(buffer, start, length - start));
        }
        catch (DecoderFallbackException)
        {
            throw new ConfigurationFormatException(1, 1, "the file is not UTF-8 text");
        }
    }

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="ConfigurationFormatException">It says what it may not say.</exception>
    public static ModelConfiguration Parse(string text)
    {
        var file = new ModelConfigurationFile(text);
        file._yaml.ReadDocument(file.ReadModel);
        return file._configuration;
    }

    private void ReadModel() => _yaml.ReadMembers("model.yaml", new Dictionary<string, Action>
    {
        ["backend"] = () => _configuration = _configuration with { Backend = _yaml.ReadText("backend") },
        ["device"] = () => _configuration = _configuration with { Device = ReadDevice() },
        ["file"] = () => _configuration = _configuration with { FileName = ReadFileName() },
        ["description"] = () => _configuration = _configuration with { Description = _yaml.ReadText("description") },
        ["owner"] = () => _configuration = _configuration with { Owner = _yaml.ReadText("owner") },
        ["tags"] = () => _configuration = _configuration with { Tags = ReadTags() },
        ["routing"] = () => _configuration = _configuration with { Routing = new RoutingSection(_yaml).Read() },
        ["inputs"] = () => _configuration = _configuration with { Inputs = ReadTensors("inputs", "an input", areOutputs: false) },
        ["outputs"] = () => _configuration = _configuration with { Outputs = ReadTensors("outputs", "an output", areOutputs: true) },
        ["version_policy"] = () => _configuration = _configuration with { VersionPolicy = ReadVersionPolicy() },
        ["limits"] = ReadLimits,
        ["memory"] = ReadMemory,
        ["batching"] = ReadBatching,
        ["slo"] = () => ReadScheduling(_scheduling.ReadObjective),
        ["weight"] = () => ReadScheduling(_scheduling.ReadWeight),
        ["minimum_share"] = () => ReadScheduling(_scheduling.ReadMinimumShare),
        ["priority"] = () => ReadScheduling(_scheduling.ReadPriority),
        ["overload"] = () => ReadScheduling(_scheduling.ReadOverload),
        ["warm_up"] = () => _configuration = new WarmUpSection(_yaml, ReadDataType, ReadShape).Read(_configuration),
        ["parameters"] = ReadParameters,
    });

    private void ReadScheduling(Func<ModelScheduling, ModelScheduling> read) => _configuration = _configuration with { Scheduling = read(_configuration.Scheduling) };

    private List<string> ReadTags()
    {
        var tags = new HashSet<string>(StringComparer.Ordinal);
        return _yaml.ReadList("tags", MaxTags, () =>
        {
            var tag = _yaml.ReadText("a tag");
            return tags.Add(tag) ? tag : throw _yaml.Fail($"the tag '{tag}' is listed twice");
        });
    }

    private DeviceSelector ReadDevice()
    {
        var text = _yaml.ReadText("device");
        return DeviceSelector.TryParse(text, out var selector) ? selector : throw _yaml.Fail($"device is '{text}'; expected auto, cpu, cuda or cuda:<number>");
    }

    private string ReadFileName()
    {
        var text = _yaml.ReadText("file");
        return text is not ("." or "..") && text.AsSpan().IndexOfAny('/', '\\', '\0') < 0
            ? text
            : throw _yaml.Fail($"file is '{text}'; expected the name of a file in the version's directory");
    }

    private List<TensorConfiguration> ReadTensors(string list, string item, bool areOutputs)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return _yaml.ReadList(list, MaxTensors, () => ReadTensor(item, names, areOutputs));
    }

    private TensorConfiguration ReadTensor(string what, HashSet<string> names, bool isOutput)
    {
        var tensor = new TensorConfiguration("");
        var range = new ValueRangeSection(_yaml);
        var members = new Dictionary<string, Action>
        {
            ["name"] = () => tensor = tensor with { Name = ReadTensorName(names) },
            ["datatype"] = () => tensor = tensor with { DataType = ReadDataType() },
            ["shape"] = () => tensor = tensor with { Shape = ReadShape() },
            ["batch_axis"] = () => tensor = tensor with { BatchAxis = (int)_yaml.ReadInteger("batch_axis", 0, Shape.MaxRank - 1) },
        };
        if (isOutput)
        {
            range.AddMembers(members);
        }

        _yaml.ReadMembers(what, members);
        return tensor.Name.Length > 0 ? tensor with { Range = range.Complete() } : throw _yaml.Fail($"{what} needs a name");
    }

    private string ReadTensorName(HashSet<string> names)
    {
        var name = _yaml.ReadText("name");
        return names.Add(name) ? name : throw _yaml.Fail($"the name '{name}' is listed twice");
    }

    private DataType ReadDataType()
    {
        var text = _yaml.ReadText("datatype");
        return DataTypes.TryParseConfigName(text, out var dataType) && dataType != DataType.Invalid
            ? dataType
            : throw _yaml.Fail($"datatype is '{text}'; expected one of {string.Join(", ", DataTypes.All.Select(static known => known.Name))}");
    }

    private Shape ReadShape() =>
        new([.. _yaml.ReadList("shape", Shape.MaxRank, () => _yaml.ReadInteger("a dimension (-1 = variable)", Shape.Variable, long.MaxValue))]);

    private VersionPolicy ReadVersionPolicy()
    {
        const string Expected = "version_policy is 'all', or 'latest: <count>', or 'specific: [<version>, …]'";
        if (_yaml.IsAtScalar)
        {
            var text = _yaml.ReadText("version_policy");
            return text == "all" ? new VersionPolicy.All() : throw _yaml.Fail($"{Expected}; met '{text}'");
        }

        var policies = new List<VersionPolicy>();
        _yaml.ReadMembers("version_policy", new Dictionary<string, Action>
        {
            ["latest"] = () => policies.Add(new VersionPolicy.Latest((int)_yaml.ReadInteger("latest", 1, MaxVersions))),
            ["specific"] = () => policies.Add(new VersionPolicy.Specific(
                _yaml.ReadList("specific", MaxVersions, () => _yaml.ReadInteger("a version", 0, long.MaxValue)))),
        });
        return policies is [var policy] ? policy : throw _yaml.Fail($"{Expected}; met {policies.Count} of them");
    }

    private List<int> ReadBatchSizes()
    {
        var sizes = _yaml.ReadList("preferred_batch_sizes", MaxBatchSizes, () => (int)_yaml.ReadInteger("a preferred batch size", 1, MaxBatchSize));
        return sizes.Zip(sizes.Skip(1)).All(static pair => pair.First < pair.Second) ? sizes : throw _yaml.Fail("preferred_batch_sizes are not in ascending order");
    }

    private void ReadBatching()
    {
        var batching = _configuration.Batching;
        _yaml.ReadMembers("batching", new Dictionary<string, Action>
        {
            ["max_batch_size"] = () => batching = batching with { MaxBatchSize = (int)_yaml.ReadInteger("max_batch_size", 1, MaxBatchSize) },
            ["preferred_batch_sizes"] = () => batching = batching with { PreferredBatchSizes = ReadBatchSizes() },
            ["max_queue_delay"] = () => batching = batching with { MaxQueueDelay = _yaml.ReadDuration("max_queue_delay", "0s", MaxQueueDelay) },
            ["priority_levels"] = () => batching = batching with { PriorityLevels = (int)_yaml.ReadInteger("priority_levels", 1, MaxPriorityLevels) },
        });
        if (batching.MaxBatchSize is { } largest && batching.PreferredBatchSizes is [.., var preferred] && preferred > largest)
        {
            throw _yaml.Fail($"preferred_batch_sizes has {preferred}, which is more than max_batch_size, {largest}");
        }

        _configuration = _configuration with { Batching = batching };
    }

    private void ReadLimits()
    {
        var limits = _configuration.Limits;
        _yaml.ReadMembers("limits", new Dictionary<string, Action>
        {
            ["concurrency"] = () => limits = limits with { Concurrency = (int)_yaml.ReadInteger("concurrency", 1, MaxConcurrency) },
            ["queue_size"] = () => limits = limits with { QueueSize = (int)_yaml.ReadInteger("queue_size", 1, MaxQueueSize) },
            ["threads"] = () => limits = limits with { Threads = (int)_yaml.ReadInteger("threads", 1, MaxThreads) },
            ["device_memory_bytes"] = () => limits = limits with { DeviceMemoryBytes = _yaml.ReadInteger("device_memory_bytes", 1, long.MaxValue) },
            ["device_share"] = () => limits = limits with { DeviceShare = _yaml.ReadNumber("device_share", 0, 1) },
        });
        _configuration = _configuration with { Limits = limits };
    }

    private void ReadMemory()
    {
        var memory = _configuration.Memory;
        _yaml.ReadMembers("memory", new Dictionary<string, Action>
        {
            ["pinned"] = () => memory = memory with { IsPinned = _yaml.ReadBoolean("pinned") },
            ["minimum_residency"] = () => memory = memory with { MinimumResidency = _yaml.ReadDuration("minimum_residency", "0s", MaxResidency) },
        });
        _configuration = _configuration with { Memory = memory };
    }

    private void ReadParameters()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        _yaml.ReadEntries("parameters", key => parameters.Add(key, _yaml.ReadText($"the parameter '{key}'")));
        _configuration = _configuration with { Parameters = parameters };
    }
}

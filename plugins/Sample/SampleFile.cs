using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>
/// A <c>model.sample</c> file: lines of the form <c>key: value</c>, <c>#</c> for comments. <c>operation</c> is
/// <c>identity</c> or <c>add_sub</c>; <c>datatype</c> is <c>UINT8</c> or <c>FP32</c>, for identity alone.
/// </summary>
internal sealed record SampleFile(string Operation, DataType DataType)
{
    private const int LongestByteSize = 4096;

    public static SampleFile Read(ModelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string? operation = null;
        var dataType = DataType.Float32;
        foreach (var line in ReadLines(source))
        {
            var text = line.Split('#')[0].Trim();
            if (text.Length == 0)
            {
                continue;
            }

            switch (text.Split(':', 2, StringSplitOptions.TrimEntries))
            {
                case ["operation", var value]:
                    operation = value;
                    break;
                case ["datatype", var value] when DataTypes.TryParse(value, out dataType) && dataType is DataType.UInt8 or DataType.Float32:
                    break;
                default:
                    throw Refuse(source, $"has the line '{text}'; expected 'operation: identity', 'operation: add_sub', 'datatype: UINT8' or 'datatype: FP32'.");
            }
        }

        return operation is "identity" or "add_sub"
            ? new SampleFile(operation, dataType)
            : throw Refuse(source, $"names the operation '{operation}'; expected 'identity' or 'add_sub'.");
    }

    public IOperation CreateOperation() => Operation == "identity" ? new IdentityOperation(DataType) : new AddSubOperation();

    private static string[] ReadLines(ModelSource source)
    {
        try
        {
            return new FileInfo(source.FilePath).Length <= LongestByteSize
                ? File.ReadAllLines(source.FilePath)
                : throw Refuse(source, $"has more than {LongestByteSize} bytes.");
        }
        catch (IOException exception)
        {
            throw new BackendException(StatusCode.NotFound, $"{source}: '{source.FilePath}' cannot be read: {exception.Message}", exception);
        }
    }

    private static BackendException Refuse(ModelSource source, string why) => new(StatusCode.InvalidArgument, $"{source}: '{source.FilePath}' {why}");
}

using Camshaft.Samples.Client;

await SampleCalls.RunAsync(args.Length > 0 ? args[0] : "camshaft://localhost:8003", Console.Out);

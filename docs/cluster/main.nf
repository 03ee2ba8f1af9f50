// Ten folds as processes of Nextflow, then the page. Not run, nor parsed: Nextflow was not at hand. Start it in a checkout:
//   nextflow run docs/cluster/main.nf --out $PWD/runs/folds
params.folds = 10
params.out = "${projectDir}/../../runs/folds"
params.command = 'train ridge --split drug-folds'

process fold {
  errorStrategy 'retry'
  maxRetries 2
  input:
  val number
  output:
  val number
  script:
  """
  cd ${projectDir}/../..
  deno task perturbine ${params.command} --folds ${params.folds} --fold all --out ${params.out} --task ${number}/${params.folds} --quiet
  """
}

process page {
  input:
  val numbers
  output:
  stdout
  script:
  """
  cd ${projectDir}/../..
  deno task perturbine collect ${params.out}
  """
}

workflow {
  fold(Channel.of(0..<params.folds)) | collect | page | view
}
